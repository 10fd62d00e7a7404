using System.Diagnostics.CodeAnalysis;

namespace TspActors.Configuration;

/// <summary>
/// A typed reader of one element of a list that has an <see cref="EntryForm"/>. For an absent or invalid field, it returns the default that
/// the caller passes. For an invalid field, it also adds a problem to the <see cref="SettingsReader"/> that created this reader.
/// </summary>
public sealed class EntryReader
{
    private readonly SettingEntry _entry;
    private readonly EntryForm _form;
    private readonly int _index;
    private readonly List<SettingsProblem> _problems;

    internal EntryReader(SettingEntry entry, EntryForm form, int index, List<SettingsProblem> problems)
    {
        _entry = entry;
        _form = form;
        _index = index;
        _problems = problems;
    }

    /// <summary>The element as a single string; null if it is a section.</summary>
    public string? Whole => _entry.Fields is null ? _entry.Text : null;

    /// <summary>Reads a whole number.</summary>
    [SuppressMessage("Naming", "CA1720", Justification = "Each method is named after the type that it reads.")]
    public int Int(string field, int absent, int min, int max) => One(field, absent, ValueRule.Int(min, max));

    /// <summary>Reads a duration.</summary>
    public TimeSpan Duration(string field, TimeSpan absent, TimeSpan min, TimeSpan max) =>
        One(field, absent, ValueRule.Duration(min, max));

    /// <summary>Reads a switch.</summary>
    public bool Bool(string field, bool absent = false) => One(field, absent, ValueRule.Bool);

    /// <summary>Reads a single line of text; empty if the field is absent.</summary>
    public string Text(string field, int maxLength) => One(field, "", ValueRule.Text(maxLength, 0));

    /// <summary>Reads a value that must be one of the given words. Case matters. The first word is the default.</summary>
    public string OneOf(string field, params string[] words)
    {
        ArgumentNullException.ThrowIfNull(words);
        return One(field, words[0], new ValueRule<string>(
            $"{string.Join(", ", words[..^1])} or {words[^1]}", (string text, out string value) => words.Contains(value = text)));
    }

    /// <summary>Reads a secret; empty if the field is absent. The secret never appears in a message.</summary>
    /// <exception cref="ArgumentException">The entry form does not list the field as a secret, so --print-config would show it.</exception>
    public string Secret(string field, int maxLength, int minLength = 0) =>
        _form.SecretFields.Contains(field)
            ? One(field, "", ValueRule.Secret(maxLength, minLength))
            : throw new ArgumentException($"{field} is not among the secret fields of {_form.Key}.", nameof(field));

    /// <summary>Adds a problem that only the program can detect.</summary>
    /// <param name="field">The field to change; empty for the whole element.</param>
    /// <param name="what">A description of the problem.</param>
    /// <param name="remedy">How to fix the problem.</param>
    public void Reject(string field, string what, string remedy) =>
        _problems.Add(new SettingsProblem(_entry.Origin.ToString(), $"{KeyOf(field)}: {what}", remedy));

    private T One<T>(string field, T absent, ValueRule<T> rule)
    {
        if (!_form.Fields.Contains(field))
            throw new ArgumentException($"{_form.Key} has no field {field}.", nameof(field));
        if (_entry.Fields is null || !_entry.Fields.TryGetValue(field, out var text))
            return absent;
        if (rule.Parser(text, out var value))
            return value;
        string shown = _form.SecretFields.Contains(field) ? "not valid" : DisplayText.Quote(text);
        _problems.Add(new SettingsProblem(_entry.Origin.ToString(), $"{KeyOf(field)} is {shown}", $"write {rule.Words}"));
        return absent;
    }

    private string KeyOf(string field) =>
        field.Length == 0 || _entry.Fields is null ? $"{_form.Key}[{_index}]" : $"{_form.Key}[{_index}].{field}";
}
