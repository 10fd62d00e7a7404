using System.Text.Json;
using TspActors.Configuration.Hosting;
using TspActors.Peer.Terminal;
using TspActors.Playback;

namespace TspActors.Peer.Commands;

/// <summary>The "audio devices" command, which lists the sound devices that can play songs.</summary>
internal static class AudioCommand
{
    private static readonly JsonWriterOptions Options =
        new() { Indented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Prints the devices.</summary>
    /// <param name="json">Whether to print JSON.</param>
    /// <exception cref="CommandException">There are no sound devices.</exception>
    public static async Task<int> ListAsync(bool json)
    {
        var devices = AudioBackends.ListDevices();
        if (json)
            await WriteJsonAsync(ProgramOutput.OpenResults(), devices).ConfigureAwait(false);
        else
            Print(devices);
        return devices.Count > 0
            ? ProgramRun.Done
            : throw new CommandException("this machine has no sound device, or no sound system that can list its devices");
    }

    /// <summary>Writes the devices as a JSON array of objects. Other programs rely on the field names.</summary>
    public static async Task WriteJsonAsync(Stream output, IEnumerable<SoundDevice> devices)
    {
        var json = new Utf8JsonWriter(output, Options);
        await using (json.ConfigureAwait(false))
        {
            json.WriteStartArray();
            foreach (var device in devices)
            {
                json.WriteStartObject();
                json.WriteString("name", device.Name);
                json.WriteString("description", device.Description);
                json.WriteString("driver", device.Driver);
                json.WriteBoolean("default", device.IsDefault);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        output.WriteByte((byte)'\n');
        await output.FlushAsync().ConfigureAwait(false);
    }

    private static void Print(IEnumerable<SoundDevice> devices)
    {
        var screen = new Screen();
        foreach (var device in devices)
        {
            screen.Result($"{SafeText.Clean(device.Name)}{(device.IsDefault ? "    (default)" : "")}");
            screen.Result($"    {SafeText.Clean(device.Description)}, through {device.Driver}");
        }
    }
}
