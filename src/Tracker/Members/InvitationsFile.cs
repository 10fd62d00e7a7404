using System.Globalization;
using TspActors.Protocol;

namespace TspActors.Tracker.Members;

/// <summary>The format of the invitations file: one CODE EXPIRES NAME per line.</summary>
internal static class InvitationsFile
{
    /// <summary>The name of the file in the tracker's folder.</summary>
    public const string Name = "invitations";

    /// <summary>The maximum number of open invitations. A peer's proof is compared with each of them.</summary>
    public const int MaxOpen = 1_000;

    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss'Z'";

    private static readonly EntryFormat<Invitation> Format = new(
        MaxOpen, "CODE EXPIRES NAME, as 'tracker invite' does", Parse, Write, Unique);

    /// <summary>Reads the contents of a file.</summary>
    public static EntryLines<Invitation> Read(string path, string text) => new(Format, path, text);

    private static Invitation? Parse(string line) =>
        line.Split((char[]?)null, 3, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) switch
        {
            [var code, var time] when InvitationCode.IsValid(code) && TryParseTime(time, out var expires) => new Invitation(code, expires, ""),
            [var code, var time, var name]
                when InvitationCode.IsValid(code) && TryParseTime(time, out var expires) && NamedKey.IsName(name) =>
                new Invitation(code, expires, name),
            _ => null,
        };

    private static string Write(Invitation invitation) =>
        $"{invitation.Code} {invitation.Expires.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture)} {invitation.Name}".TrimEnd();

    private static IEnumerable<(string Kind, string Value)> Unique(Invitation invitation)
    {
        yield return ("code", invitation.Code);
        if (invitation.Name.Length > 0)
            yield return ("name", invitation.Name.ToUpperInvariant());
    }

    private static bool TryParseTime(string text, out DateTimeOffset time) => DateTimeOffset.TryParseExact(
        text, TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out time);
}
