using TspActors.Playback;

namespace TspActors.Peer.Listening;

/// <summary>The settings for fetching and playing songs. The listening section of config/peer.conf explains each one.</summary>
public sealed record ListeningSettings
{
    /// <summary>The deadline for a host to accept the connection.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>The deadline for a host to send the first byte.</summary>
    public TimeSpan FirstByteTimeout { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>
    /// The number of hosts that are tried in parallel until the first bytes arrive. With more than one, silent hosts give up their places
    /// to others (<see cref="HostRace{T}"/>). A host that accepts connections but sends nothing then costs little time.
    /// </summary>
    public int HostsAtOnce { get; init; } = 3;

    /// <summary>How long to wait for one host before the next one is tried in parallel.</summary>
    public TimeSpan NextHostAfter { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How long a host that is expected to send may be silent before it is replaced.</summary>
    public TimeSpan SilenceTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// If the audio buffer would run dry before <see cref="SilenceTimeout"/>, a silent host is replaced sooner, but never sooner than this.
    /// </summary>
    public TimeSpan MinSilenceTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// How long a host may take for one piece before it is replaced, if no other host is left. While the song is being saved and other
    /// hosts are left, the time can be shorter. While it is playing, the time depends on how much audio is buffered
    /// (<see cref="StallPolicy"/>).
    /// </summary>
    public TimeSpan SlowHostTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How many times in a row the tracker is asked for a song's hosts, without a byte arriving, before the song fails.</summary>
    public int Rounds { get; init; } = 3;

    /// <summary>The wait between two rounds if no busy host specifies a different time.</summary>
    public TimeSpan RoundDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest total time that a song waits for busy hosts.</summary>
    public TimeSpan BusyTimeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>The maximum number of songs in the queue.</summary>
    public int MaxQueue { get; init; } = 10_000;

    /// <summary>Whether the console's queue is kept for the next start.</summary>
    public bool KeepQueue { get; init; } = true;

    /// <summary>The number of played songs that the console remembers; 0 = none.</summary>
    public int KeepHistory { get; init; } = 1_000;

    /// <summary>The maximum number of bytes of MP3 data buffered between the network and the decoder.</summary>
    public int PlayerBufferBytes { get; init; } = 1024 * 1024;

    /// <summary>The maximum playing time buffered between the network and the decoder.</summary>
    public TimeSpan PlayerBufferTime { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How much audio must be buffered before a song starts, or resumes after the audio buffer ran dry.</summary>
    public TimeSpan StartThreshold { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>The name of the sound device to play on; empty = the default device.</summary>
    public string AudioDevice { get; init; } = "";

    /// <summary>Whether media keys and desktops may control the player (MPRIS, on Linux only).</summary>
    public bool MediaKeys { get; init; } = true;

    /// <summary>How much audio the device buffers. Pause, seek and volume changes become audible with this delay.</summary>
    public TimeSpan DeviceBuffer { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>How often the player looks for a lost or missing device while the song continues silently.</summary>
    public TimeSpan DeviceRetry { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long a device may go without accepting audio before it counts as lost.</summary>
    public TimeSpan DeviceTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Which of a song's ReplayGain values to use.</summary>
    public ReplayGainMode ReplayGain { get; init; } = ReplayGainMode.Track;

    /// <summary>How long the end of a song and the start of the next one overlap; zero if they follow each other without a gap.</summary>
    public TimeSpan Crossfade { get; init; } = TimeSpan.Zero;

    /// <summary>The rules for the gain and the crossfade of songs.</summary>
    internal CueRules Cues => new(ReplayGain, Crossfade);

    /// <summary>The player's settings.</summary>
    internal SongPlayerSettings Player =>
        new()
        {
            InputBufferBytes = PlayerBufferBytes,
            InputBufferTime = PlayerBufferTime,
            StartThreshold = StartThreshold,
            Crossfade = Crossfade,
        };

    /// <summary>The settings for the audio devices.</summary>
    internal AudioSettings Audio => new()
    {
        Device = AudioDevice.Length == 0 ? null : AudioDevice,
        DeviceBuffer = DeviceBuffer,
        DeviceRetry = DeviceRetry,
        DeviceDeadline = DeviceTimeout,
    };

    /// <summary>How long before the end of a song the next one is requested.</summary>
    public TimeSpan Prefetch { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// The folder where the console saves songs; empty = the Music folder in the home folder if it exists, otherwise the working directory.
    /// </summary>
    public string SaveFolder { get; init; } = "";

    /// <summary>The pattern for the names of saved files, and for their folders below <see cref="SaveFolder"/>.</summary>
    public string SavePattern { get; init; } = Saving.SavePattern.Default.Text;

    /// <summary>The maximum number of songs that the console saves at the same time.</summary>
    public int MaxSaves { get; init; } = 2;

    /// <summary>
    /// Returns how long a host may be silent while this much audio is buffered. One second of that audio is reserved, so that the next host
    /// has time to start.
    /// </summary>
    internal TimeSpan SilenceTimeoutFor(TimeSpan ahead)
    {
        var left = ahead - TimeSpan.FromSeconds(1);
        if (left >= SilenceTimeout)
            return SilenceTimeout;
        return left > MinSilenceTimeout ? left : MinSilenceTimeout < SilenceTimeout ? MinSilenceTimeout : SilenceTimeout;
    }
}
