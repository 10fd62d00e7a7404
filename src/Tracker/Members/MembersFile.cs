using TspActors.Protocol;

namespace TspActors.Tracker.Members;

/// <summary>
/// The format of the members' file: one KEYID NAME per line. While the file exists, the tracker is restricted to members.
/// </summary>
internal static class MembersFile
{
    /// <summary>The name of the file in the tracker's folder.</summary>
    public const string Name = "members";

    /// <summary>The maximum number of members.</summary>
    public const int MaxMembers = 10_000;

    private const string Heading =
        "# The members of this tracker, one on each line: KEYID NAME. While this file exists, nobody else may join without the access key.\n";

    private static readonly EntryFormat<Member> Format = new(
        MaxMembers, "KEYID NAME (a key id of 32 hexadecimal digits and a name of at most 64 characters)", Parse, Write, Unique);

    /// <summary>The contents of a new file.</summary>
    public static EntryLines<Member> Empty { get; } = Read(Name, Heading);

    /// <summary>Reads the contents of a file.</summary>
    public static EntryLines<Member> Read(string path, string text) => new(Format, path, text);

    private static Member? Parse(string line) =>
        line.Split((char[]?)null, 2, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) switch
        {
            [var key] when KeyId.TryParse(key, out var id) => new Member(id, ""),
            [var key, var name] when KeyId.TryParse(key, out var id) && NamedKey.IsName(name) => new Member(id, name),
            _ => null,
        };

    private static string Write(Member member) => $"{member.Key} {member.Name}".TrimEnd();

    private static IEnumerable<(string Kind, string Value)> Unique(Member member)
    {
        yield return ("key id", member.Key.ToString());
        if (member.Name.Length > 0)
            yield return ("name", member.Name.ToUpperInvariant());
    }
}
