namespace TspActors.Protocol.Tests;

/// <summary>Reads docs/vectors/addresses.json.</summary>
public sealed class VectorsAddressSpecs
{
    private const string File = "addresses.json";

    public static TheoryData<string> Trackers => [.. VectorFile.Read(File, "trackers").Select(vector => vector.Text("text"))];

    public static TheoryData<string> Invitations => [.. VectorFile.Read(File, "invitations").Select(vector => vector.Text("text"))];

    [Theory]
    [MemberData(nameof(Trackers))]
    public void Only_an_address_with_a_key_is_a_pinned_tracker(string text)
    {
        var vector = VectorFile.Read(File, "trackers").Single(entry => entry.Text("text") == text);
        var isPinned = PinnedTracker.TryParse(text, out var tracker, out _);

        Assert.Equal(vector.Text("security") == "pinned", isPinned);
        if (isPinned)
            Assert.Equal(
                (vector.Text("host"), vector.Number("port"), vector.Text("key_id")), (tracker!.Host, tracker.Port, $"{tracker.Key}"));
    }

    [Theory]
    [MemberData(nameof(Invitations))]
    public void An_invitation_is_read_or_refused_as_its_vector_says(string text)
    {
        var vector = VectorFile.Read(File, "invitations").Single(entry => entry.Text("text") == text);
        if (vector.OptionalText("host") is not { } host)
        {
            Assert.Throws<FormatException>(() => InvitationLine.Parse(text));
            return;
        }

        var line = InvitationLine.Parse(text);
        Assert.Equal(
            (host, vector.Number("port"), vector.Text("key_id"), vector.Text("code")), (line.Host, line.Port, $"{line.KeyId}", line.Code));
    }
}
