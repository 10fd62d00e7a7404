using System.Text;
using System.Text.Json;
using TspActors.Shared;
using TspActors.Peer.Commands;
using TspActors.Playback;

namespace TspActors.Peer.Tests;

/// <summary>Checks the JSON of the command audio devices.</summary>
public sealed class AudioDevicesSpecs
{
    [Fact]
    public async Task Each_device_is_an_object_with_the_documented_fields()
    {
        using var output = new MemoryStream();

        await AudioCommand.WriteJsonAsync(
            output, [new SoundDevice("pulse", "alsa_output.usb", "USB \"Speakers\"", true), new SoundDevice("alsa", "hw:1", "HDMI", false)]);

        OutputSchema.Describes("sound-devices", Encoding.UTF8.GetString(output.ToArray()));
        using var json = JsonDocument.Parse(Encoding.UTF8.GetString(output.ToArray()));
        Assert.Equal(
            ["alsa_output.usb|USB \"Speakers\"|pulse|True", "hw:1|HDMI|alsa|False"],
            json.RootElement.EnumerateArray().Select(device =>
                $"{device.GetProperty("name")}|{device.GetProperty("description")}|{device.GetProperty("driver")}|{device.GetProperty("default")}"));
    }

    [Fact]
    public async Task Without_devices_the_result_is_an_empty_array()
    {
        using var output = new MemoryStream();
        await AudioCommand.WriteJsonAsync(output, []);
        Assert.Equal("[]\n", Encoding.UTF8.GetString(output.ToArray()));
    }
}
