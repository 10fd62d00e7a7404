using System.Globalization;
using TspActors.Protocol;

namespace TspActors.Peer.Listening;

/// <summary>The gain that is applied to a song, chosen from its ReplayGain values so that the song does not clip.</summary>
/// <param name="Factor">The factor for the samples; 1 leaves them unchanged.</param>
/// <param name="Kind">Whether the gain is the track's or the album's; <see cref="ReplayGainMode.Off"/> if the song has none or none is
/// wanted.</param>
/// <param name="IsLimited">Whether the gain is lower than the tags specify, because the song might otherwise clip.</param>
internal readonly record struct ReplayGain(double Factor, ReplayGainMode Kind, bool IsLimited)
{
    /// <summary>No gain: the song plays unchanged.</summary>
    public static ReplayGain None { get; } = new(1, ReplayGainMode.Off, false);

    /// <summary>Chooses a song's gain. Impossible values count as unknown.</summary>
    /// <param name="format">The song's format, which cannot be trusted because any peer may have written it; null = unknown.</param>
    /// <param name="mode">The gain that the user wants.</param>
    public static ReplayGain Choose(AudioFormat? format, ReplayGainMode mode)
    {
        var (track, trackPeak, album, albumPeak) = ReplayGainValues.Read(format);
        if (mode == ReplayGainMode.Off || (track ?? album) is null)
            return None;
        var isAlbum = mode == ReplayGainMode.Album ? album is not null : track is null;
        var cdb = (isAlbum ? album : track)!.Value;
        // The album's peak is at least the track's, so either of them protects the song.
        var peak = isAlbum ? albumPeak ?? trackPeak : trackPeak ?? albumPeak;
        var wanted = Math.Pow(10, cdb / 2_000.0);
        // A song whose peak is unknown may already reach full scale, so it is never made louder.
        var most = 1_000_000.0 / (peak ?? 1_000_000);
        return new ReplayGain(Math.Min(wanted, most), isAlbum ? ReplayGainMode.Album : ReplayGainMode.Track, wanted > most);
    }

    /// <summary>Describes the gain for the user, such as "-6.5 dB (track)"; empty if the song plays unchanged.</summary>
    public override string ToString()
    {
        if (Kind == ReplayGainMode.Off)
            return "";
        var kind = Kind == ReplayGainMode.Album ? "album" : "track";
        var limit = IsLimited ? ", limited so that nothing clips" : "";
        return string.Create(CultureInfo.InvariantCulture, $"{20 * Math.Log10(Factor):+0.0;-0.0;0.0} dB ({kind}{limit})");
    }
}
