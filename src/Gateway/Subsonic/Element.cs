using System.Globalization;

namespace TspActors.Gateway.Subsonic;

/// <summary>An element of a response. It is built once, and written as JSON or XML.</summary>
internal sealed class Element(string name)
{
    private readonly List<Field> _fields = [];

    /// <summary>The name of the element in XML, and of the property in JSON.</summary>
    public string Name { get; } = name;

    /// <summary>The fields, in the order in which they are written.</summary>
    public IReadOnlyList<Field> Fields => _fields;

    /// <summary>The text of the element in XML, and the property "value" in JSON; null = none.</summary>
    public string? Text { get; init; }

    /// <summary>Adds a string, unless it is null.</summary>
    public Element Set(string key, string? value, FieldKind kind = FieldKind.Classic) => value is null
        ? this : Append(new Field(key, value, kind));

    /// <summary>Adds a number, unless it is null.</summary>
    public Element Set(string key, long? value, FieldKind kind = FieldKind.Classic) => value is null
        ? this : Append(new Field(key, value.Value, kind));

    /// <summary>Adds a fractional number.</summary>
    public Element SetFraction(string key, double value, FieldKind kind = FieldKind.Classic) => Append(new Field(key, value, kind));

    /// <summary>Adds a Boolean.</summary>
    public Element Set(string key, bool value, FieldKind kind = FieldKind.Classic) => Append(new Field(key, value, kind));

    /// <summary>Adds a time, unless it is null.</summary>
    public Element Set(string key, DateTimeOffset? value, FieldKind kind = FieldKind.Classic) => value is null
        ? this
        // Some clients require exactly three fractional digits.
        : Append(new Field(key, value.Value.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'.000Z'", CultureInfo.InvariantCulture), kind));

    /// <summary>Adds an element that occurs once.</summary>
    public Element Add(Element child, FieldKind kind = FieldKind.Classic) => Append(new Field(child.Name, child, kind));

    /// <summary>Adds a list of elements. JSON contains it even if it is empty.</summary>
    public Element AddList(string key, IEnumerable<Element> items, FieldKind kind = FieldKind.Classic) =>
        Append(new Field(key, items.ToList(), kind));

    /// <summary>Adds a list of strings or numbers.</summary>
    public Element AddScalars(string key, IEnumerable<object> items, FieldKind kind = FieldKind.Classic) =>
        Append(new Field(key, items.ToList(), kind));

    private Element Append(Field field)
    {
        _fields.Add(field);
        return this;
    }
}

/// <summary>A field of an <see cref="Element"/>.</summary>
/// <param name="Key">The name.</param>
/// <param name="Value">A string, long, double, bool, Element, or a list of elements or scalars.</param>
/// <param name="Kind">Where it is written.</param>
internal readonly record struct Field(string Key, object Value, FieldKind Kind);

/// <summary>Where a field is written.</summary>
internal enum FieldKind
{
    /// <summary>Everywhere: a field of the classic API.</summary>
    Classic,

    /// <summary>In JSON, and as an attribute in XML except for clients with strict parsers.</summary>
    Open,

    /// <summary>In JSON only.</summary>
    JsonOnly,

    /// <summary>In XML only.</summary>
    XmlOnly,
}
