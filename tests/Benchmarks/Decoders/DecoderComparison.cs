using System.Globalization;

namespace TspActors.Benchmarks.Decoders;

/// <summary>How a decoder's samples differ from those of the reference.</summary>
internal sealed class DecoderComparison
{
    private const double FullScale = 32768;
    private readonly TestSong _song;
    private readonly DecodedSong _decoded;
    private readonly bool _isSameLength;
    private readonly int _largest;
    private readonly double _squares;
    private readonly int _compared;

    internal DecoderComparison(TestSong song, DecodedSong reference, DecodedSong decoded)
    {
        (_song, _decoded) = (song, decoded);
        _isSameLength = reference.Samples.Length == decoded.Samples.Length;
        _compared = Math.Min(reference.Samples.Length, decoded.Samples.Length);
        for (var i = 0; i < _compared; i++)
        {
            var difference = Math.Abs(reference.Samples[i] - decoded.Samples[i]);
            _largest = Math.Max(_largest, difference);
            _squares += (double)difference * difference;
        }
    }

    internal bool IsWithinOneStep => _isSameLength && _largest <= 1;

    private bool IsAsEncoded => _decoded.Samples.Length == _song.Samples * Math.Max(1, _decoded.Format.Channels);

    public override string ToString()
    {
        var length = _isSameLength ? "same length" : "other length";
        var (largest, peak) = (_largest / FullScale, _decoded.Peak / FullScale);
        return string.Create(CultureInfo.InvariantCulture, $"{length}, largest difference {largest:0.0000}, peak {peak:0.000}");
    }

    /// <summary>Returns the cells of a row of the table, without the outer bars.</summary>
    internal static string Row(IReadOnlyList<DecoderComparison> songs)
    {
        var known = songs.Where(song => song._song.Samples > 0).ToList();
        var rms = Math.Sqrt(songs.Sum(song => song._squares) / Math.Max(1, songs.Sum(song => (double)song._compared))) / FullScale;
        var speed = songs.Sum(song => song._decoded.Duration.TotalSeconds) / songs.Sum(song => song._decoded.Time.TotalSeconds);
        string[] cells =
        [
            $"{songs.Count}", $"{songs.Count(song => song._decoded.Failure is not null)}", $"{songs.Count(song => song._isSameLength)}",
            known.Count == 0 ? "" : $"{known.Count(song => song.IsAsEncoded)} of {known.Count}",
            $"{songs.Count(song => song.IsWithinOneStep)}", Text(songs.Max(song => song._largest) / FullScale), Text(rms),
            (songs.Max(song => song._decoded.Peak) / FullScale).ToString("0.000", CultureInfo.InvariantCulture),
            speed.ToString("0", CultureInfo.InvariantCulture),
        ];
        return string.Join(" | ", cells);
    }

    private static string Text(double value) =>
        value == 0 ? "0" : value.ToString(value < 0.001 ? "0.0E+0" : "0.000", CultureInfo.InvariantCulture);
}
