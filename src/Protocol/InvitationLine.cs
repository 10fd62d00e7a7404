namespace TspActors.Protocol;

/// <summary>The line that a friend pastes to join a tracker: tsps://host:port#KEYID?invite=CODE.</summary>
/// <param name="Host">The tracker's name or address; an IPv6 address has no brackets.</param>
/// <param name="Port">The tracker's port.</param>
/// <param name="KeyId">The id of the tracker's key.</param>
/// <param name="Code">The invitation's code (<see cref="InvitationCode"/>).</param>
public sealed record InvitationLine(string Host, int Port, KeyId KeyId, string Code)
{
    private const string Mark = "?invite=";

    // Characters that often end up around a line in mail, chats and sentences. A line never begins or ends with one of them.
    private static readonly char[] Wrapping = [.. " \t\r\n\u00a0\ufeff'\"`<>()[]{}.,;“”„‘’«»"];

    /// <summary>The tracker that the line names.</summary>
    public PinnedTracker Tracker => new(Host, Port, KeyId);

    /// <summary>Parses a line that a person has pasted: spaces, quotes and brackets around it are ignored.</summary>
    /// <exception cref="FormatException">The text is not an invitation. The message says what is wrong and what to do.</exception>
    public static InvitationLine Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var line = text.Trim(Wrapping);
        if (line.Length == 0)
            throw Incomplete("it is empty");
        if (line.Any(letter => char.IsWhiteSpace(letter) || char.IsControl(letter)))
            throw Incomplete("it contains a space or a line break");
        var at = line.IndexOf(Mark, StringComparison.OrdinalIgnoreCase);
        if (!PinnedTracker.TryParse(at < 0 ? line : line[..at], out var tracker, out var fault))
            throw Incomplete(fault);
        if (at < 0)
            throw Incomplete($"{Mark} and the code after it are missing");
        var code = line[(at + Mark.Length)..].ToLowerInvariant();
        return InvitationCode.IsValid(code)
            ? new InvitationLine(tracker.Host, tracker.Port, tracker.Key, code)
            : throw Incomplete($"there is no code of {InvitationCode.Length} letters and digits after {Mark}");
    }

    /// <summary>Returns the complete line, including its secret.</summary>
    public override string ToString() => $"{Tracker}{Mark}{Code}";

    // The message does not repeat the text, which may contain the code.
    private static FormatException Incomplete(string what) => new(
        $"this is not an invitation: {what}; paste the whole line, in quotes: 'tsps://HOST:PORT#KEY{Mark}CODE'");
}
