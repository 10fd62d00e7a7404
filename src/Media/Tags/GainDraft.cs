using System.Globalization;
using TspActors.Mpeg;
using TspActors.Protocol;

namespace TspActors.Media.Tags;

/// <summary>The ReplayGain values collected from the tags of a file. The first valid value for a field wins.</summary>
internal sealed class GainDraft
{
    // "-6.54 dB" has 8 characters.
    private const int LongestText = 40;

    private readonly Dictionary<TagField, long> _values = [];

    // Values from RVA2 frames in the tag that is being read. A text frame in the same tag takes precedence, wherever it is.
    private readonly Dictionary<TagField, long> _volumes = [];

    /// <summary>Returns the field for an upper-case name in a tag.</summary>
    public static TagField FieldOf(string name) => name switch
    {
        "REPLAYGAIN_TRACK_GAIN" => TagField.TrackGain,
        "REPLAYGAIN_TRACK_PEAK" => TagField.TrackPeak,
        "REPLAYGAIN_ALBUM_GAIN" => TagField.AlbumGain,
        "REPLAYGAIN_ALBUM_PEAK" => TagField.AlbumPeak,
        _ => TagField.None,
    };

    /// <summary>Returns true if the value of a field is known.</summary>
    public bool Has(TagField field) => _values.ContainsKey(field);

    /// <summary>Offers a string such as "-6.54 dB" or "0.988". If NUL separates several values, the first one counts.</summary>
    public void Offer(TagField field, string text)
    {
        text = text.Split('\0', 2)[0];
        if (text.Length > LongestText)
            return;
        if (IsGain(field) && text.TrimEnd().EndsWith("dB", StringComparison.OrdinalIgnoreCase))
            text = text.TrimEnd()[..^2];
        if (double.TryParse(text.Trim(' ', '\uFEFF').Replace(',', '.'), NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
            Offer(_values, field, number);
    }

    /// <summary>Offers the gain in dB and the peak (1 = full scale) of an RVA2 frame.</summary>
    public void OfferVolume(bool isAlbum, double gain, double peak)
    {
        Offer(_volumes, isAlbum ? TagField.AlbumGain : TagField.TrackGain, gain);
        Offer(_volumes, isAlbum ? TagField.AlbumPeak : TagField.TrackPeak, peak);
    }

    /// <summary>Offers the values that the encoder wrote into the info frame.</summary>
    public void Offer(Mp3InfoGain info)
    {
        if (info.TrackGainCdb is { } track)
            Offer(_values, TagField.TrackGain, track / 100.0);
        if (info.AlbumGainCdb is { } album)
            Offer(_values, TagField.AlbumGain, album / 100.0);
        if (info.PeakPpm is { } peak)
            Offer(_values, TagField.TrackPeak, peak / 1_000_000.0);
    }

    /// <summary>Records that a tag has been read completely.</summary>
    public void EndTag()
    {
        foreach (var (field, value) in _volumes)
            _values.TryAdd(field, value);
        _volumes.Clear();
    }

    /// <summary>Replaces the ReplayGain values in a format.</summary>
    public void WriteTo(AudioFormat format)
    {
        var gain = new AudioFormat();
        if (_values.TryGetValue(TagField.TrackGain, out var value))
            gain.TrackGainCdb = (int)value;
        if (_values.TryGetValue(TagField.TrackPeak, out value))
            gain.TrackPeakPpm = (uint)value;
        if (_values.TryGetValue(TagField.AlbumGain, out value))
            gain.AlbumGainCdb = (int)value;
        if (_values.TryGetValue(TagField.AlbumPeak, out value))
            gain.AlbumPeakPpm = (uint)value;
        ReplayGainBounds.Copy(gain, format);
    }

    private static bool IsGain(TagField field) => field is TagField.TrackGain or TagField.AlbumGain;

    private static void Offer(Dictionary<TagField, long> values, TagField field, double number)
    {
        // This also rejects NaN and infinity. For a larger number, the product below might not fit into its type.
        if (!(Math.Abs(number) <= 1_000))
            return;
        var value = (long)Math.Round(number * (IsGain(field) ? 100 : 1_000_000), MidpointRounding.AwayFromZero);
        if (IsGain(field) ? ReplayGainBounds.IsGain((int)value) : value > 0 && ReplayGainBounds.IsPeak((uint)value))
            values.TryAdd(field, value);
    }
}
