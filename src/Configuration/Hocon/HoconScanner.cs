using System.Globalization;

namespace TspActors.Configuration.Hocon;

/// <summary>Walks through HOCON text and always knows the line it stands on.</summary>
internal sealed class HoconScanner(string text)
{
    // What Akka's tokenizer ends an unquoted text at.
    private const string NeverUnquoted = "$\"{}[]:=,#`^?!@*&\\";

    private int _index;

    /// <summary>From 1.</summary>
    public int Line { get; private set; } = 1;

    public bool AtEnd => _index >= text.Length;

    public char Current => AtEnd ? '\0' : text[_index];

    public bool AtLineEnd => AtEnd || Current == '\n';

    public bool At(string expected) => string.CompareOrdinal(text, _index, expected, 0, expected.Length) == 0;

    public bool TryTake(char expected)
    {
        if (AtEnd || Current != expected)
            return false;
        Advance();
        return true;
    }

    public HoconSyntaxException Error(string what, string remedy) => new(Line, what, remedy);

    /// <summary>To the next thing on this line, or its end.</summary>
    public void SkipBlanks()
    {
        while (!AtLineEnd)
        {
            if (Current is ' ' or '\t' || At("\r\n"))
            {
                Advance();
            }
            else if (Current == '#' || At("//"))
            {
                while (!AtLineEnd)
                    Advance();
            }
            else if (char.IsWhiteSpace(Current) || char.IsControl(Current) || Current == '\uFEFF')
            {
                throw Error($"the invisible character U+{(int)Current:X4} stands outside quotes", "remove it, or put the value in double quotes");
            }
            else
            {
                return;
            }
        }
    }

    /// <summary>To the next thing, on whatever line.</summary>
    public void SkipBlanksAndLines()
    {
        SkipBlanks();
        while (TryTake('\n'))
            SkipBlanks();
    }

    /// <summary>Unquoted text up to a blank, a comment or a character with a meaning; empty when it starts with one.</summary>
    /// <param name="alsoEndsAt">Further characters that end it.</param>
    public string TakeUnquoted(string alsoEndsAt = "")
    {
        int start = _index;
        while (!AtEnd && !char.IsWhiteSpace(Current) && !char.IsControl(Current) && Current != '\uFEFF' && !At("//")
            && !NeverUnquoted.Contains(Current) && !alsoEndsAt.Contains(Current))
        {
            Advance();
        }

        return text[start.._index];
    }

    /// <summary>A string in double or triple quotes, without them; the escapes are checked and resolved.</summary>
    public string TakeQuoted()
    {
        if (At("\"\"\""))
            return TakeTripleQuoted();
        int opened = Line;
        var value = new System.Text.StringBuilder();
        Advance();
        while (!AtLineEnd)
        {
            if (TryTake('"'))
                return value.ToString();
            value.Append(Current == '\\' ? TakeEscape() : Take());
        }

        throw new HoconSyntaxException(opened, "a text in double quotes is not closed on its line", "add the missing \"");
    }

    /// <summary>What stands between <c>${</c> and <c>}</c>.</summary>
    public string TakeSubstitution()
    {
        Advance(2);
        int start = _index;
        while (!AtLineEnd && Current != '}')
            Advance();
        string target = text[start.._index].Trim();
        return TryTake('}') ? target : throw Error("a ${ is not closed on its line", "add the missing }");
    }

    /// <summary>To the end of the line, whatever stands there.</summary>
    public void SkipLine()
    {
        while (!AtLineEnd)
            Advance();
    }

    private string TakeTripleQuoted()
    {
        int opened = Line;
        Advance(3);
        int start = _index;
        while (!At("\"\"\""))
        {
            if (AtEnd)
                throw new HoconSyntaxException(opened, "a text in triple quotes is never closed", "add the missing \"\"\"");
            Advance();
        }

        string value = text[start.._index];
        Advance(3);
        return value;
    }

    private char TakeEscape()
    {
        Advance();
        char code = AtLineEnd ? '\n' : Take();
        switch (code)
        {
            case '"' or '\\' or '/':
                return code;
            case 'b':
                return '\b';
            case 'f':
                return '\f';
            case 'n':
                return '\n';
            case 'r':
                return '\r';
            case 't':
                return '\t';
            case 'u' when _index + 4 <= text.Length
                && ushort.TryParse(text.AsSpan(_index, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ushort unit):
                Advance(4);
                return (char)unit;
            default:
                throw Error("a \\ in double quotes is not followed by a known escape",
                    "write \\\\ for a backslash; known are \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\uXXXX");
        }
    }

    private char Take()
    {
        char taken = Current;
        Advance();
        return taken;
    }

    private void Advance(int count = 1)
    {
        for (; count > 0 && !AtEnd; count--)
        {
            if (text[_index++] == '\n')
                Line++;
        }
    }
}
