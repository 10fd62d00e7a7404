namespace TspActors.Mpeg;

/// <summary>Adds up the frames of a payload: how many there are, how long they play and whether the bitrate varies.</summary>
/// <remarks>It counts every frame, so nothing that a Xing or VBRI frame claims has to be trusted.</remarks>
public sealed class Mp3FrameTally
{
    // A file joined from several can change its sample rate, so frames are counted per rate.
    private readonly long[] _framesPerRate = new long[12];
    private readonly Mp3FrameHeader[] _headerPerRate = new Mp3FrameHeader[12];
    private readonly HashSet<int> _bitrates = [];
    private Mp3FrameHeader _last;
    private int _rate;

    /// <summary>Number of frames added.</summary>
    public long FrameCount { get; private set; }

    /// <summary>The header of the first frame; of no meaning before a frame was added.</summary>
    public Mp3FrameHeader First { get; private set; }

    /// <summary>True when two frames have different bitrates.</summary>
    public bool IsVariableBitrate => _bitrates.Count > 1;

    /// <summary>Playing time of all frames, in seconds.</summary>
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

    /// <summary>Adds a frame that carries sound.</summary>
    public void Add(Mp3FrameHeader header)
    {
        if (FrameCount == 0)
            First = header;
        if (header != _last)
        {
            // Headers repeat; only a different one can bring a different rate.
            _last = header;
            _rate = header.RateIndex;
            _headerPerRate[_rate] = header;
            _bitrates.Add(header.BitrateBps);
        }

        _framesPerRate[_rate]++;
        FrameCount++;
    }
}
