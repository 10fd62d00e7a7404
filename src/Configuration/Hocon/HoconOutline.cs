namespace TspActors.Configuration.Hocon;

/// <summary>
/// A strict pre-check of HOCON text before Akka parses it. It records the line of each key, and finds text that Akka would silently
/// misread, such as a missing brace, <c>${?X}</c>, include, or a key without a value.
/// </summary>
internal sealed class HoconOutline
{
    /// <summary>
    /// The maximum nesting depth of sections and lists. Akka's parser recurses for each level, so the depth is checked first.
    /// </summary>
    public const int MaxNesting = 32;

    private readonly HoconScanner _scan;
    private readonly Dictionary<string, int> _lines = new(StringComparer.Ordinal);
    private readonly List<HoconSubstitutionSite> _substitutions = [];
    private readonly List<HoconFinding> _findings = [];

    private HoconOutline(string text) => _scan = new HoconScanner(text);

    /// <summary>Maps the full path of each key, and of each section in braces, to the line that last sets it.</summary>
    public IReadOnlyDictionary<string, int> Lines => _lines;

    /// <summary>The faults. If there are any, the text must not be passed to Akka's parser.</summary>
    public IReadOnlyList<HoconFinding> Findings => _findings;

    /// <summary>Reads the complete text and returns its outline.</summary>
    public static HoconOutline Read(string text)
    {
        var outline = new HoconOutline(text);
        try
        {
            outline.ReadRoot();
        }
        catch (HoconSyntaxException e)
        {
            outline._findings.Add(new HoconFinding(e.Line, e.Message, e.Remedy));
            return outline;
        }

        outline._findings.AddRange(HoconSubstitutions.Check(outline._substitutions, outline._lines.Keys));
        return outline;
    }

    private void ReadRoot()
    {
        _scan.SkipBlanksAndLines();
        int opened = _scan.Line;
        if (!_scan.TryRead('{'))
        {
            ReadMembers([], 0, 1);
            return;
        }

        ReadMembers([], opened, 1);
        _scan.SkipBlanksAndLines();
        if (!_scan.AtEnd)
            throw _scan.Error("there is text after the closing '}' of the whole file", "remove one of the braces");
    }

    /// <param name="path">The section.</param>
    /// <param name="openedOn">The line of the section's '{', or 0 for a root without braces.</param>
    /// <param name="depth">How deeply the section is nested.</param>
    private void ReadMembers(string[] path, int openedOn, int depth)
    {
        while (true)
        {
            _scan.SkipBlanksAndLines();
            if (_scan.AtEnd && openedOn > 0)
                throw new HoconSyntaxException(openedOn, $"the '{{' {Section(path)}on this line is never closed", "add the missing }");
            if (_scan.AtEnd)
                return;
            if (openedOn == 0 && _scan.Current == '}')
                throw _scan.Error("this '}' closes nothing", "remove it, or add the missing { before it");
            if (_scan.TryRead('}'))
                return;
            ReadMember(path, depth);
        }
    }

    private void ReadMember(string[] path, int depth)
    {
        int line = _scan.Line;
        string[] key = [.. path, .. ReadKey()];
        depth += key.Length - path.Length;
        CheckDepth(depth);
        _scan.SkipBlanks();
        if (key.Length == path.Length + 1 && key[^1] == "include" && _scan.Current is not ('=' or ':' or '{'))
        {
            _findings.Add(new HoconFinding(line, "include is not supported", "copy the other file's settings into this one"));
            _scan.SkipLine();
            return;
        }

        if (_scan.At("+="))
            throw _scan.Error($"+= is not supported (after {Shown(key)})", "write the whole list with =");
        _lines[HoconText.Key(key)] = line;
        if (_scan.TryRead('=') || _scan.TryRead(':'))
        {
            ReadValue(key, line, depth);
            EndMember(commaAllowed: true);
            return;
        }

        _scan.SkipBlanksAndLines();
        int opened = _scan.Line;
        if (!_scan.TryRead('{'))
            throw new HoconSyntaxException(line, $"there is no = after {Shown(key)}", "write key = value");
        ReadMembers(key, opened, depth);
        EndMember(commaAllowed: false);
    }

    // Akka's parser stops at a comma after a section that is written without '='.
    private void EndMember(bool commaAllowed)
    {
        _scan.SkipBlanks();
        if (_scan.AtLineEnd || _scan.Current == '}' || (commaAllowed && _scan.TryRead(',')))
            return;
        throw _scan.Error(
            $"'{_scan.Current}' is not expected here",
            "put each setting on its own line, and put a value with special characters in double quotes");
    }

    private List<string> ReadKey()
    {
        var segments = new List<string>();
        do
        {
            string segment = _scan.Current == '"' ? _scan.ReadQuoted() : _scan.ReadUnquoted(alsoEndsAt: ".+");
            if (segment.Length == 0)
                throw _scan.Error(_scan.AtLineEnd ? "a key ends in a dot" : $"'{_scan.Current}' cannot start a key", "write key = value");
            segments.Add(segment);
        }
        while (_scan.TryRead('.'));
        return segments;
    }

    private void ReadValue(string[] key, int keyLine, int depth)
    {
        _scan.SkipBlanks();
        if (_scan.AtLineEnd)
            _scan.SkipBlanksAndLines();
        int line = _scan.Line;
        if (_scan.TryRead('{'))
        {
            ReadMembers(key, line, depth + 1);
        }
        else if (_scan.TryRead('['))
        {
            ReadList(key, line, depth + 1);
        }
        else if (line != keyLine || !ReadText(key))
        {
            throw new HoconSyntaxException(keyLine, $"there is no value after {Shown(key)}", "write one, or \"\" for an empty string");
        }
    }

    private void ReadList(string[] key, int openedOn, int depth)
    {
        CheckDepth(depth);
        while (true)
        {
            _scan.SkipBlanksAndLines();
            if (_scan.AtEnd)
                throw new HoconSyntaxException(openedOn, $"the '[' {Section(key)}on this line is never closed", "add the missing ]");
            if (_scan.TryRead(']'))
                return;
            if (_scan.Current is '}' or ',')
                throw Misplaced();
            ReadValue([.. key, "[]"], _scan.Line, depth);
            _scan.SkipBlanks();
            if (!_scan.AtLineEnd && _scan.Current != ']' && !_scan.TryRead(','))
                throw Misplaced();
        }

        HoconSyntaxException Misplaced() =>
            _scan.Error($"'{_scan.Current}' is not expected in a list", "write the values between [ and ], with a comma between them");
    }

    /// <summary>Reads text, quoted or not, and substitutions, up to the end of the value. Returns false if the value is empty.</summary>
    private bool ReadText(string[] key)
    {
        for (bool any = false; ; any = true)
        {
            _scan.SkipBlanks();
            if (_scan.AtLineEnd || _scan.Current is ',' or '}' or ']')
                return any;
            if (_scan.Current == '"')
                _scan.ReadQuoted();
            else if (_scan.At("${"))
                ReadSubstitution(key);
            else if (_scan.ReadUnquoted().Length == 0)
                throw _scan.Error($"'{_scan.Current}' is outside quotes in the value of {Shown(key)}", "put the value in double quotes");
        }
    }

    private void ReadSubstitution(string[] key)
    {
        int line = _scan.Line;
        _substitutions.Add(new HoconSubstitutionSite(HoconText.Key(key), _scan.ReadSubstitution(), line));
    }

    private void CheckDepth(int depth)
    {
        if (depth > MaxNesting)
            throw _scan.Error($"sections and lists are nested deeper than {MaxNesting}", "use fewer levels");
    }

    private static string Section(string[] path) => path.Length == 0 ? "" : $"of {Shown(path)} ";

    private static string Shown(string[] key) => DisplayText.Quote(HoconText.Key(key));
}
