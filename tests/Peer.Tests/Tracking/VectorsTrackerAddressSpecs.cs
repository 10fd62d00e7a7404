using TspActors.Peer.Tracking;

namespace TspActors.Peer.Tests.Tracking;

/// <summary>Checks the tracker addresses in docs/vectors/addresses.json.</summary>
public sealed class VectorsTrackerAddressSpecs
{
    private const string File = "addresses.json";

    public static TheoryData<string> Trackers => [.. VectorFile.Read(File, "trackers").Select(vector => vector.Text("text"))];

    [Theory]
    [MemberData(nameof(Trackers))]
    public void An_address_is_read_or_refused_as_its_vector_says(string text)
    {
        var vector = VectorFile.Read(File, "trackers").Single(entry => entry.Text("text") == text);
        var isRead = TrackerAddress.TryParse(text, 7070, out var address);

        Assert.Equal(vector.Text("security") != "none", isRead);
        if (!isRead)
            return;
        Assert.Equal((vector.Text("host"), vector.Number("port")), (address!.Host, address.Port));
        Assert.Equal(vector.Text("security"), $"{address.Security.Kind}".ToLowerInvariant());
        Assert.Equal(vector.OptionalText("key_id"), address.Security.Pin?.ToString());
    }
}
