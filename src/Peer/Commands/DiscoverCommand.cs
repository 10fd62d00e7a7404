using System.Text.Json;
using TspActors.Configuration.Hosting;
using TspActors.Peer.Reaching.Discovery;
using TspActors.Peer.Terminal;
using TspActors.Protocol;
using TspActors.Protocol.Mdns;
using TspActors.Transport.Multicast;

namespace TspActors.Peer.Commands;

/// <summary>The discover command, which lists the trackers on the local network without joining any of them.</summary>
internal static class DiscoverCommand
{
    /// <summary>The beginning of the error message when no tracker is found.</summary>
    public const string NothingFound = "no tracker was found on the local network";

    private static readonly JsonWriterOptions Options =
        new() { Indented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Prints the trackers.</summary>
    /// <param name="json">Whether to print JSON.</param>
    /// <param name="group">The multicast groups to query; null = the multicast DNS groups.</param>
    /// <exception cref="CommandException">No tracker was found.</exception>
    public static async Task<int> RunAsync(bool json, MulticastGroup? group = null)
    {
        var found = await TrackerQuery.RunAsync(group ?? MulticastGroup.Mdns).ConfigureAwait(false);
        if (json)
            await WriteJsonAsync(ProgramOutput.OpenResults(), found).ConfigureAwait(false);
        else
            Print(found);
        return found.Count > 0 ? ProgramRun.Done : throw new CommandException(
            $"{NothingFound}; if you know the address of a tracker, give it to other commands with --tracker");
    }

    /// <summary>Writes the trackers as a JSON array of objects. Other programs rely on the field names.</summary>
    public static async Task WriteJsonAsync(Stream output, IEnumerable<FoundTracker> found)
    {
        var json = new Utf8JsonWriter(output, Options);
        await using (json.ConfigureAwait(false))
        {
            json.WriteStartArray();
            foreach (var tracker in found)
                Write(json, tracker);
            json.WriteEndArray();
        }

        output.WriteByte((byte)'\n');
        await output.FlushAsync().ConfigureAwait(false);
    }

    private static void Print(IEnumerable<FoundTracker> found)
    {
        var screen = new Screen();
        foreach (var tracker in found)
        {
            screen.Result(SafeText.Clean(tracker.Description));
            screen.Result($"    {tracker.AddressText}");
        }
    }

    private static void Write(Utf8JsonWriter json, FoundTracker tracker)
    {
        json.WriteStartObject();
        json.WriteString("name", VisibleText.Clean(tracker.Name));
        json.WriteString("address", $"{tracker.Address}");
        json.WriteNumber("port", tracker.Port);
        if (tracker.KeyId is { } key)
            json.WriteString("keyId", $"{key}");
        else
            json.WriteNull("keyId");
        json.WriteString("encryption", tracker.Encryption switch
        {
            AnnouncedEncryption.Off => "off",
            AnnouncedEncryption.Accept => "accept",
            AnnouncedEncryption.Require => "require",
            _ => "unknown",
        });
        json.WriteBoolean("needsKey", tracker.NeedsKey);
        json.WriteString("trackerAddress", tracker.AddressText);
        json.WriteEndObject();
    }
}
