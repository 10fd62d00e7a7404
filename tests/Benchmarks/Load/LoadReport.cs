using System.Globalization;
using System.Text.Json;

namespace TspActors.Benchmarks.Load;

/// <summary>The results of a run of listeners, as a table and as JSON.</summary>
/// <param name="Listeners">Listeners that were started.</param>
/// <param name="Begun">Listeners that received a byte.</param>
/// <param name="Failed">Listeners that were refused or disconnected.</param>
/// <param name="Failure">The reason of the first failure.</param>
/// <param name="Complete">Listeners that received the song to its end.</param>
/// <param name="Bytes">Bytes of sound, over all listeners.</param>
/// <param name="LateListeners">Listeners with a late byte.</param>
/// <param name="LateBytes">Late bytes, over all listeners.</param>
/// <param name="WrongBytes">Wrong bytes, over all listeners.</param>
/// <param name="MarginMs">The smallest lead of a byte over its due time, in ms; negative = late.</param>
/// <param name="GapMs">The longest time in which a listener received nothing, in ms.</param>
/// <param name="FirstByteMs">Time to the first byte, in ms: median, 99 of 100, worst.</param>
/// <param name="Seconds">The measured period, in s.</param>
/// <param name="MegabytesPerSecond">Sound received in that period, per second.</param>
/// <param name="ServerProcessorSeconds">The server's processor time in that period.</param>
/// <param name="ServerIdleBytes">The server's memory before the first listener.</param>
/// <param name="ServerBytes">The server's memory at the end, with all listeners connected.</param>
/// <param name="OwnProcessorShare">The generator's processor time in that period, as a share of one core.</param>
/// <param name="OwnLagMs">The longest time by which the generator woke up late, in ms.</param>
internal sealed record LoadReport(
    int Listeners, int Begun, int Failed, string? Failure, int Complete, long Bytes, int LateListeners, long LateBytes, long WrongBytes,
    double MarginMs, double GapMs, double[] FirstByteMs, double Seconds, double MegabytesPerSecond, double ServerProcessorSeconds,
    long ServerIdleBytes, long ServerBytes, double OwnProcessorShare, double OwnLagMs)
{
    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    /// <summary>Probes that connected under load and received the first byte.</summary>
    public int Probes { get; init; }

    /// <summary>Time of the probes to the first byte, in ms: median, 99 of 100, worst.</summary>
    public double[] ProbeMs { get; init; } = [0, 0, 0];

    /// <summary>Requesters that downloaded at full speed in addition to the listeners.</summary>
    public int Downloads { get; init; }

    /// <summary>Megabytes per second that the downloads received together.</summary>
    public double DownloadMegabytesPerSecond { get; init; }

    /// <summary>
    /// True if lateness may be the generator's own and not the server's: it woke up late, used nearly the whole machine or, at full speed,
    /// more of it than the server.
    /// </summary>
    public bool IsBottleneck =>
        OwnLagMs > 200 || OwnProcessorShare > 0.9 * Environment.ProcessorCount
        || (Complete == Listeners && ServerProcessorSeconds > 0 && OwnProcessorShare * Seconds > ServerProcessorSeconds);

    public string ToJson() => JsonSerializer.Serialize(this, Json);

    public void Print()
    {
        Line($"listeners        {Listeners}, {Begun} heard something, {Failed} failed{(Failure is null ? "" : $" ({Failure})")}, {Complete} heard the end");
        Line($"late             {LateBytes} bytes at {LateListeners} listeners; the tightest byte came {MarginMs:0} ms before it was due; longest gap {GapMs:0} ms");
        Line($"wrong            {WrongBytes} bytes");
        Line($"first byte       median {FirstByteMs[0]:0.0} ms, 99 % {FirstByteMs[1]:0.0} ms, worst {FirstByteMs[2]:0.0} ms");
        Line($"throughput       {MegabytesPerSecond:0.0} MB/s in {Seconds:0.0} s");
        if (Probes > 0)
            Line($"under load       {Probes} more came and heard the first byte after {ProbeMs[0]:0.0} ms in the median, 99 % after {ProbeMs[1]:0.0} ms, the last after {ProbeMs[2]:0.0} ms");
        if (Downloads > 0)
            Line($"downloads        {Downloads} at full speed got {DownloadMegabytesPerSecond:0.0} MB/s");
        if (ServerBytes > 0)
        {
            Line($"server           processor {ServerProcessorSeconds:0.00} s ({ServerProcessorSeconds / Seconds:0.0%} of a core, {ServerProcessorSeconds / Math.Max(MegabytesPerSecond * Seconds / 1000, 1e-9):0.00} s a GB)");
            Line($"                 memory {ServerBytes / 1e6:0} MB, {ServerIdleBytes / 1e6:0} MB before; {(ServerBytes - ServerIdleBytes) / 1024.0 / Math.Max(1, Listeners):0.0} KB a listener");
        }

        Line($"this generator   {OwnProcessorShare:0.0%} of a core, woke up at most {OwnLagMs:0} ms late{(IsBottleneck ? ": IT MAY BE THE BOTTLENECK, what is late may be its own fault" : "")}");
    }

    private static void Line(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}
