using System.Text.Json;
using TspActors.Media.Library;
using TspActors.Media.Tests.Material;

namespace TspActors.Media.Tests;

/// <summary>Checks payloads against the vectors in docs/vectors/payloads.json.</summary>
public sealed class VectorsPayloadSpecs : IDisposable
{
    private const string File = "payloads.json";

    private readonly TempFolder _folder = new();

    public static TheoryData<string> Files => [.. VectorFile.Names(File, "files")];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Files))]
    public void The_payload_of_a_file_matches_its_vector(string name)
    {
        var vector = VectorFile.Find(File, "files", name);
        var entry = SongFile.Read(_folder.Write("song.mp3", vector.Bytes("file"))).Entry;
        if (vector.GetProperty("offset").ValueKind == JsonValueKind.Null)
        {
            Assert.IsType<SkippedFile>(entry);
            return;
        }

        var song = Assert.IsType<SongFile>(entry);
        Assert.Equal((vector.Number("offset"), vector.Number("length")), ((int)song.PayloadOffset, (int)song.PayloadLength));
        Assert.Equal(vector.Text("content_hash"), song.Hash.ToString());
        Assert.Equal(
            (vector.Number("duration_ms"), vector.Number("bitrate_bps"), vector.GetProperty("vbr").GetBoolean()),
            ((int)song.Format.DurationMs, (int)song.Format.BitrateBps, song.Format.Vbr));
        Assert.Equal(
            (vector.Number("sample_rate_hz"), vector.Number("channels"), vector.Number("length")),
            ((int)song.Format.SampleRateHz, (int)song.Format.Channels, (int)song.Format.PayloadBytes));
    }
}
