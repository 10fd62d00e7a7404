namespace TspActors.Mpeg;

/// <summary>Counts the frames of a payload, computes the playing time, and detects whether the bitrate varies.</summary>
/// <remarks>Every frame is counted, so the values in a Xing or VBRI frame need not be trusted.</remarks>
public sealed class Mp3FrameTally
{
    // The sample rate can change in a file that was joined from several files, so frames are counted per rate.
    private readonly long[] _framesPerRate = new long[12];
    private readonly Mp3FrameHeader[] _headerPerRate = new Mp3FrameHeader[12];
    private readonly HashSet<int> _bitrates = [];
    private Mp3FrameHeader _last;
    private int _rate;

    /// <summary>The number of frames added.</summary>
    public long FrameCount { get; private set; }

    /// <summary>The header of the first frame; undefined until a frame has been added.</summary>
    public Mp3FrameHeader First { get; private set; }

    /// <summary>Whether at least two frames have different bitrates.</summary>
    public bool IsVariableBitrate => _bitrates.Count > 1;

    /// <summary>The playing time of all frames, in seconds.</summary>
    public double Seconds
    {
        get
        {
            var seconds = 0d;
            for (var rate = 0; rate < _framesPerRate.Length; rate++)
            {
                if (_framesPerRate[rate] > 0)
                    seconds += (double)_framesPerRate[rate] * _headerPerRate[rate].SamplesPerFrame / _headerPerRate[rate].SampleRateHz;
            }

            return seconds;
        }
    }

    /// <summary>Adds a frame that contains audio.</summary>
    public void Add(Mp3FrameHeader header)
    {
        if (FrameCount == 0)
            First = header;
        if (header != _last)
        {
            // Most headers repeat, so the rate is looked up only if the header differs from the last one.
            _last = header;
            _rate = header.RateIndex;
            _headerPerRate[_rate] = header;
            _bitrates.Add(header.BitrateBps);
        }

        _framesPerRate[_rate]++;
        FrameCount++;
    }
}
