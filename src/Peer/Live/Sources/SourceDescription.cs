using System.Net;
using TspActors.Peer.Terminal;

namespace TspActors.Peer.Live.Sources;

/// <summary>Describes a source in human-readable form: <c>Mixxx 2.3 ("Anna live") at 127.0.0.1</c>.</summary>
internal static class SourceDescription
{
    private const int MaxLength = 60;

    public static string Of(HttpHead head, IPAddress from)
    {
        var program = Clean(head.Header("User-Agent"));
        var name = Clean(head.Header("Ice-Name"));
        return $"{(program.Length == 0 ? "a source" : program)}{(name.Length == 0 ? "" : $" (\"{name}\")")} at {from}";
    }

    private static string Clean(string text)
    {
        var clean = SafeText.Clean(text).Trim();
        return clean.Length <= MaxLength ? clean : $"{clean[..MaxLength]}…";
    }
}
