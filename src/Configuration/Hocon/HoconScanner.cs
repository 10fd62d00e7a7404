using System.Globalization;

namespace TspActors.Configuration.Hocon;

/// <summary>A scanner that reads HOCON text token by token and tracks the current line.</summary>
internal sealed class HoconScanner(string text)
{
    // Akka's tokenizer ends unquoted text at these characters.
    private const string NeverUnquoted = "$\"{}[]:=,#`^?!@*&\\";

    private int _index;

    /// <summary>The number of the current line, starting at 1.</summary>
    public int Line { get; private set; } = 1;

    public bool AtEnd => _index >= text.Length;

    public char Current => AtEnd ? '\0' : text[_index];

    public bool AtLineEnd => AtEnd || Current == '\n';

    public bool At(string expected) => string.CompareOrdinal(text, _index, expected, 0, expected.Length) == 0;

    public bool TryRead(char expected)
    {
        if (AtEnd || Current != expected)
            return false;
        Advance();
        return true;
    }

    public HoconSyntaxException Error(string what, string remedy) => new(Line, what, remedy);

    /// <summary>Skips spaces, tabs and comments up to the next token on this line, or to the end of the line.</summary>
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
                throw Error(
                    $"the invisible character U+{(int)Current:X4} is outside quotes", "remove it, or put the value in double quotes");
            }
            else
            {
                return;
            }
        }
    }

    /// <summary>Skips spaces, tabs, comments and newlines up to the next token.</summary>
    public void SkipBlanksAndLines()
    {
        SkipBlanks();
        while (TryRead('\n'))
            SkipBlanks();
    }

    /// <summary>
    /// Reads unquoted text up to whitespace, a comment or a special character. Returns an empty string if none begins here.
    /// </summary>
    /// <param name="alsoEndsAt">Further characters that end the text.</param>
    public string ReadUnquoted(string alsoEndsAt = "")
    {
        int start = _index;
        while (!AtEnd && !char.IsWhiteSpace(Current) && !char.IsControl(Current) && Current != '\uFEFF' && !At("//")
            && !NeverUnquoted.Contains(Current) && !alsoEndsAt.Contains(Current))
        {
            Advance();
        }

        return text[start.._index];
    }

    /// <summary>Reads a string in double or triple quotes, checks its escapes, and returns its value.</summary>
    public string ReadQuoted()
    {
        if (At("\"\"\""))
            return ReadTripleQuoted();
        int opened = Line;
        var value = new System.Text.StringBuilder();
        Advance();
        while (!AtLineEnd)
        {
            if (TryRead('"'))
                return value.ToString();
            value.Append(Current == '\\' ? ReadEscape() : ReadChar());
        }

        throw new HoconSyntaxException(opened, "a double-quoted string is not closed on the same line", "add the missing \"");
    }

    /// <summary>Reads a substitution and returns the text between <c>${</c> and <c>}</c>.</summary>
    public string ReadSubstitution()
    {
        Advance(2);
        int start = _index;
        while (!AtLineEnd && Current != '}')
            Advance();
        string target = text[start.._index].Trim();
        return TryRead('}') ? target : throw Error("a ${ is not closed on the same line", "add the missing }");
    }

    /// <summary>Skips everything up to the end of the line.</summary>
    public void SkipLine()
    {
        while (!AtLineEnd)
            Advance();
    }

    private string ReadTripleQuoted()
    {
        int opened = Line;
        Advance(3);
        int start = _index;
        while (!At("\"\"\""))
        {
            if (AtEnd)
                throw new HoconSyntaxException(opened, "a triple-quoted string is never closed", "add the missing \"\"\"");
            Advance();
        }

        string value = text[start.._index];
        Advance(3);
        return value;
    }

    private char ReadEscape()
    {
        Advance();
        char code = AtLineEnd ? '\n' : ReadChar();
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
                throw Error("a \\ in double quotes does not begin a known escape",
                    "write \\\\ for a backslash; the known escapes are \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\uXXXX");
        }
    }

    private char ReadChar()
    {
        char current = Current;
        Advance();
        return current;
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
