using System.Text;

namespace TspActors.Gateway.Media;

/// <summary>Inserts titles into the bytes of a live feed, as radio players expect (icy-metaint).</summary>
internal sealed class IcyWriter
{
    /// <summary>The number of audio bytes between two titles.</summary>
    public const int Interval = 16_000;

    private const int Unit = 16;
    private const int MaxText = 255 * Unit;

    private static readonly byte[] Unchanged = [0];

    private int _untilTitle = Interval;
    private byte[] _title = Unchanged;

    /// <summary>Sets the title, which is sent once, at the next opportunity.</summary>
    public void SetTitle(string title)
    {
        ArgumentNullException.ThrowIfNull(title);
        _title = Encode(title);
    }

    /// <summary>Returns the audio bytes in slices, with titles between them.</summary>
    public IEnumerable<ReadOnlyMemory<byte>> Interleave(ReadOnlyMemory<byte> audio)
    {
        while (!audio.IsEmpty)
        {
            var count = Math.Min(audio.Length, _untilTitle);
            yield return audio[..count];
            audio = audio[count..];
            _untilTitle -= count;
            if (_untilTitle > 0)
                continue;
            _untilTitle = Interval;
            var title = _title;
            _title = Unchanged;
            yield return title;
        }
    }

    /// <summary>Returns the length byte and the text, padded with zeros.</summary>
    internal static byte[] Encode(string title)
    {
        const string begin = "StreamTitle='", end = "';";
        var clean = new StringBuilder(title.Length);
        var room = MaxText - begin.Length - end.Length;
        foreach (var rune in title.Replace("';", "' ", StringComparison.Ordinal).EnumerateRunes())
        {
            var shown = Rune.IsControl(rune) ? new Rune(' ') : rune;
            room -= shown.Utf8SequenceLength;
            if (room < 0)
                break;
            clean.Append(shown.ToString());
        }

        var text = Encoding.UTF8.GetBytes(begin + clean + end);
        var units = (text.Length + Unit - 1) / Unit;
        var bytes = new byte[1 + units * Unit];
        bytes[0] = (byte)units;
        text.CopyTo(bytes, 1);
        return bytes;
    }
}
