using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace TspActors.EndToEnd.Tests.Containers;

/// <summary>
/// A reader for the subset of YAML that the compose files use: maps and lists in blocks or in one line, anchors and merges. All values
/// are strings, and everything else is an error.
/// </summary>
internal sealed partial class ComposeYaml
{
    private readonly List<(int Indent, string Text)> _lines;
    private readonly Dictionary<string, JsonNode?> _anchors = [];
    private int _next;

    private ComposeYaml(string text) => _lines =
    [
        .. from line in text.Split('\n')
           let content = line.Trim()
           where content.Length > 0 && content[0] != '#'
           select (line.Length - line.TrimStart().Length, content),
    ];

    private string Line => _lines[_next].Text;

    /// <summary>Returns the map at the top of a file.</summary>
    public static JsonObject Parse(string text)
    {
        var reader = new ComposeYaml(text);
        var map = reader.ReadMap(0);
        return reader._next == reader._lines.Count ? map : throw reader.Unexpected();
    }

    private JsonObject ReadMap(int indent)
    {
        var map = new JsonObject();
        JsonNode? merged = null;
        while (IsAt(indent) && Entry().Match(Line) is { Success: true } entry)
        {
            _next++;
            var value = entry.Groups["value"] is { Success: true } inline ? ReadInline(inline.Value) : ReadBlock(indent);
            if (entry.Groups["anchor"] is { Success: true } anchor)
                _anchors[anchor.Value] = value;
            if (entry.Groups["key"].Value == "<<")
                merged = value;
            else
                map.Add(entry.Groups["key"].Value, value);
        }

        // The map's own keys win.
        foreach (var (key, value) in merged?.AsObject() ?? new JsonObject())
            map.TryAdd(key, value?.DeepClone());
        return map;
    }

    // Reads the lines below a key, which are indented further than the key; null = there are none.
    private JsonNode? ReadBlock(int above)
    {
        if (_next == _lines.Count || _lines[_next].Indent <= above)
            return null;
        var indent = _lines[_next].Indent;
        JsonNode block = Line.StartsWith("- ", StringComparison.Ordinal) ? ReadList(indent) : ReadMap(indent);
        return _next == _lines.Count || _lines[_next].Indent <= above ? block : throw Unexpected();
    }

    private JsonArray ReadList(int indent)
    {
        var list = new JsonArray();
        for (; IsAt(indent) && Line.StartsWith("- ", StringComparison.Ordinal); _next++)
            list.Add(ReadInline(Line[2..]));
        return list;
    }

    private JsonNode? ReadInline(string text) => text[0] switch
    {
        '*' => _anchors[text[1..]]?.DeepClone(),
        // With its words in quotation marks, this is JSON.
        '[' or '{' => JsonNode.Parse(Word().Replace(text, word => word.Value[0] == '"' ? word.Value : JsonSerializer.Serialize(word.Value))),
        '"' => JsonNode.Parse(text),
        '\'' or '|' or '>' => throw new FormatException($"unexpected: {text}"),
        _ => JsonValue.Create(text),
    };

    private bool IsAt(int indent) => _next < _lines.Count && _lines[_next].Indent == indent;

    private FormatException Unexpected() => new($"unexpected: {Line}");

    [GeneratedRegex(@"^(?<key>[^\s:]+):(?: &(?<anchor>[\w-]+))?(?: (?<value>.+))?$")]
    private static partial Regex Entry();

    // A quoted string, or a plain word. A colon separates a key from its value only if a space follows.
    [GeneratedRegex("""
        "[^"]*"|[^\s"\[\]{},:](?:[^\s"\[\]{},:]|:(?! ))*
        """)]
    private static partial Regex Word();
}
