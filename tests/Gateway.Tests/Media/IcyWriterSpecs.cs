using System.Text;
using TspActors.Gateway.Media;

namespace TspActors.Gateway.Tests.Media;

public class IcyWriterSpecs
{
    [Fact]
    public void A_title_follows_every_interval_and_is_empty_when_unchanged()
    {
        var writer = new IcyWriter();
        writer.SetTitle("A - B");
        var audio = new byte[2 * IcyWriter.Interval + 1];
        Array.Fill(audio, (byte)7);
        var sent = new[] { audio[..100], audio[100..] }.SelectMany(part => writer.Interleave(part)).SelectMany(slice => slice.ToArray())
            .ToArray();
        var title = IcyWriter.Encode("A - B");
        Assert.Equal(title, sent[IcyWriter.Interval..(IcyWriter.Interval + title.Length)]);
        Assert.Equal(0, sent[2 * IcyWriter.Interval + title.Length]);
        Assert.Equal(audio.Length + title.Length + 1, sent.Length);
    }

    [Fact]
    public void A_title_cannot_end_the_text_or_begin_a_line()
    {
        var text = Encoding.UTF8.GetString(IcyWriter.Encode("x';StreamUrl='y\r\nz")[1..]).TrimEnd('\0');
        Assert.Equal("StreamTitle='x' StreamUrl='y  z';", text);
    }

    [Fact]
    public void A_long_title_is_cut_between_letters()
    {
        var bytes = IcyWriter.Encode(new string('ä', 10_000));
        Assert.True(bytes.Length <= 1 + 255 * 16);
        Assert.Equal(bytes.Length, 1 + bytes[0] * 16);
        Assert.EndsWith("ä';", Encoding.UTF8.GetString(bytes[1..]).TrimEnd('\0'), StringComparison.Ordinal);
    }
}
