using TspActors.Protocol;

namespace TspActors.Media.Mp3;

/// <summary>Adds up the frames of a payload: how long they sound and how they are coded.</summary>
/// <remarks>Every frame is counted, so nothing that an Xing or VBRI header claims has to be believed.</remarks>
internal sealed class FrameTally
{
    // A file put together from several can change its rate, so samples are kept per rate: version x rate index.
    private readonly long[] _framesPerRate = new long[12];
    private readonly Mp3FrameHeader[] _ofRate = new Mp3FrameHeader[12];
    private readonly HashSet<int> _bitrates = [];
    private Mp3FrameHeader _last;
    private Mp3FrameHeader _first;
    private int _rate;

    /// <summary>Frames that carry sound.</summary>
    public long FrameCount { get; private set; }

    public void Add(Mp3FrameHeader header, bool isInfo)
    {
        if (isInfo)
            return;
        if (FrameCount == 0)
            _first = header;
        if (header != _last)
        {
            // Headers repeat; only another one can bring another rate.
            _last = header;
            _rate = header.RateIndex;
            _ofRate[_rate] = header;
            _bitrates.Add(header.BitrateBps);
        }

        _framesPerRate[_rate]++;
        FrameCount++;
    }

    public AudioFormat Describe(long payloadBytes)
    {
        var seconds = 0d;
        for (var rate = 0; rate < _framesPerRate.Length; rate++)
        {
            if (_framesPerRate[rate] > 0)
                seconds += (double)_framesPerRate[rate] * _ofRate[rate].SamplesPerFrame / _ofRate[rate].SampleRateHz;
        }

        return new AudioFormat
        {
            DurationMs = (uint)Math.Min(uint.MaxValue, Math.Round(seconds * 1000, MidpointRounding.AwayFromZero)),
            BitrateBps = (uint)Math.Min(uint.MaxValue, Math.Round(payloadBytes * 8 / seconds)),
            Vbr = _bitrates.Count > 1,
            SampleRateHz = (uint)_first.SampleRateHz,
            Channels = (uint)_first.Channels,
            PayloadBytes = (ulong)payloadBytes,
        };
    }
}
