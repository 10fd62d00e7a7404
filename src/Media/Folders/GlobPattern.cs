namespace TspActors.Media.Folders;

/// <summary>
/// A glob compiled into a set of states, one per token. Matching advances all states together, one machine word at a time. It never
/// backtracks, so its time is linear in the length of the path.
/// </summary>
/// <remarks>Immutable except for a cache of masks. The cache needs no lock, because every thread would store an equal mask.</remarks>
internal sealed class GlobPattern
{
    private const int WordBits = 64;
    private const int CachedLetters = 128;

    private readonly List<Token> _tokens = [];
    private readonly bool _ignoresCase;
    private readonly int _words;
    private readonly ulong[] _start;
    private readonly ulong[] _optional;
    private readonly ulong[] _stars;
    private readonly ulong[] _loopsInName;
    private readonly ulong[] _loops;
    private readonly ulong[]?[] _masks = new ulong[CachedLetters][];

    /// <summary>Compiles a glob that neither starts nor ends with a slash.</summary>
    /// <param name="glob">The glob.</param>
    /// <param name="isAnchored">False if the glob matches at every depth.</param>
    /// <param name="ignoresCase">True if upper and lower case are treated as equal.</param>
    public GlobPattern(string glob, bool isAnchored, bool ignoresCase)
    {
        _ignoresCase = ignoresCase;
        if (!isAnchored)
            AddAnyFolders();
        for (var at = 0; at < glob.Length; at++)
            AddToken(glob, ref at);

        // Bit 0 is the state before the first token. If the bit after the last token is set, the path matches.
        _words = (_tokens.Count + 2 + WordBits - 1) / WordBits;
        _optional = MaskOf(token => token.Kind == TokenKind.AnyFolders);
        _stars = MaskOf(token => token.Kind is TokenKind.AnyInName or TokenKind.AnyThing);
        _loopsInName = MaskOf(token => token.Kind is TokenKind.InFolders or TokenKind.AnyThing or TokenKind.AnyInName);
        _loops = MaskOf(token => token.Kind is TokenKind.InFolders or TokenKind.AnyThing);
        _start = new ulong[_words];
        _start[0] = 1;
        Advance(_start, [.. _start], new ulong[_words]);
    }

    private enum TokenKind
    {
        // A literal character.
        Letter,

        // "?": any one character in a name.
        OneInName,

        // "[a-z]": one of these characters in a name.
        OneOf,

        // "*": any number of characters in a name.
        AnyInName,

        // "**/" is two tokens. AnyFolders consumes nothing and leads to InFolders or past it. InFolders consumes any
        // characters and ends with a slash.
        AnyFolders,
        InFolders,

        // A "/**" at the end is two tokens after the slash: one character, then any number of characters.
        One,
        AnyThing,
    }

    /// <summary>Returns true when the entire path matches.</summary>
    public bool IsMatch(ReadOnlySpan<char> path)
    {
        Span<ulong> states = stackalloc ulong[_words];
        Span<ulong> computed = stackalloc ulong[_words];
        _start.CopyTo(states);
        foreach (var letter in path)
        {
            if (!Advance(states, LettersOf(letter, computed), letter == '/' ? _loops : _loopsInName))
                return false;
        }

        var end = _tokens.Count + 1;
        return (states[end / WordBits] >> (end % WordBits) & 1) != 0;
    }

    private ReadOnlySpan<ulong> LettersOf(char letter, Span<ulong> computed)
    {
        if (letter < CachedLetters && _masks[letter] is { } cached)
            return cached;
        FillLetters(computed, letter);
        if (letter < CachedLetters)
            _masks[letter] = computed.ToArray();
        return computed;
    }

    private void FillLetters(Span<ulong> mask, char letter)
    {
        mask.Clear();
        for (var index = 0; index < _tokens.Count; index++)
        {
            if (Consumes(_tokens[index], letter))
                mask[(index + 1) / WordBits] |= 1UL << (index + 1) % WordBits;
        }
    }

    /// <summary>
    /// Advances every state whose token consumes the character, keeps the looping states, and adds the states that can be reached without
    /// a character. Returns false if no state is left.
    /// </summary>
    private bool Advance(Span<ulong> states, ReadOnlySpan<ulong> consuming, ReadOnlySpan<ulong> looping)
    {
        var (carry, any) = (0UL, 0UL);
        for (var word = 0; word < states.Length; word++)
        {
            var moving = states[word] & consuming[word];
            var next = moving << 1 | states[word] & looping[word] | carry;
            var skipping = next & _optional[word];
            next |= skipping << 1 | skipping << 2;
            // A star is never followed by another star or by optional folders, so one step reaches all states.
            var starting = next & _stars[word];
            next |= starting << 1;
            carry = moving >> 63 | skipping >> 63 | skipping >> 62 | starting >> 63;
            states[word] = next;
            any |= next | carry;
        }

        return any != 0;
    }

    private bool Consumes(Token token, char letter) => token.Kind switch
    {
        TokenKind.Letter => token.Letter == letter || _ignoresCase && char.ToUpperInvariant(token.Letter) == char.ToUpperInvariant(letter),
        TokenKind.OneInName => letter != '/',
        TokenKind.OneOf => letter != '/' && token.Ranges!.Contains(letter, _ignoresCase),
        TokenKind.InFolders => letter == '/',
        TokenKind.One => true,
        _ => false,
    };

    private ulong[] MaskOf(Predicate<Token> selects)
    {
        var mask = new ulong[_words];
        for (var index = 0; index < _tokens.Count; index++)
        {
            if (selects(_tokens[index]))
                mask[(index + 1) / WordBits] |= 1UL << (index + 1) % WordBits;
        }

        return mask;
    }

    private void AddToken(string glob, ref int at)
    {
        switch (glob[at])
        {
            case '*' when glob.AsSpan(at).StartsWith("**/") && (at == 0 || glob[at - 1] == '/'):
                if (_tokens is not [.., { Kind: TokenKind.InFolders }])
                    AddAnyFolders();
                at += 2;
                break;
            case '*' when at > 0 && glob[at - 1] == '/' && glob.AsSpan(at) is "**":
                _tokens.Add(new Token(TokenKind.One));
                _tokens.Add(new Token(TokenKind.AnyThing));
                at++;
                break;
            case '*':
                if (_tokens is not [.., { Kind: TokenKind.AnyInName }])
                    _tokens.Add(new Token(TokenKind.AnyInName));
                break;
            case '?':
                _tokens.Add(new Token(TokenKind.OneInName));
                break;
            case '[' when GlobRanges.TryRead(glob, ref at) is { } ranges:
                _tokens.Add(new Token(TokenKind.OneOf, Ranges: ranges));
                break;
            case '\\' when at + 1 < glob.Length:
                _tokens.Add(new Token(TokenKind.Letter, glob[++at]));
                break;
            default:
                _tokens.Add(new Token(TokenKind.Letter, glob[at]));
                break;
        }
    }

    private void AddAnyFolders()
    {
        _tokens.Add(new Token(TokenKind.AnyFolders));
        _tokens.Add(new Token(TokenKind.InFolders));
    }

    private readonly record struct Token(TokenKind Kind, char Letter = '\0', GlobRanges? Ranges = null);
}
