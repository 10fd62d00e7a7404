using System.Globalization;
using System.Text.Json;

namespace TspActors.Benchmarks.Load;

/// <summary>The results of a run of listeners, as a table and as JSON.</summary>
/// <param name="Listeners">The number of listeners that were started.</param>
/// <param name="Begun">The number of listeners that received at least one byte.</param>
/// <param name="Failed">The number of listeners, probes and downloads that failed.</param>
/// <param name="Failure">The reason for one of the failures; null if none is known.</param>
/// <param name="Complete">The number of listeners that received the song to its end.</param>
/// <param name="Bytes">The bytes of sound that all listeners received.</param>
/// <param name="LateListeners">The number of listeners that received a byte late.</param>
/// <param name="LateBytes">The number of late bytes at all listeners.</param>
/// <param name="WrongBytes">The number of wrong bytes at all listeners and downloads.</param>
/// <param name="MarginMs">The smallest lead of a byte over its due time, in ms; negative = late.</param>
/// <param name="GapMs">The longest time in which a listener received nothing, in ms.</param>
/// <param name="FirstByteMs">The time to the first byte, in ms: median, 99th percentile, worst.</param>
/// <param name="Seconds">The measured period, in s.</param>
/// <param name="MegabytesPerSecond">The sound received in that period, in MB/s.</param>
/// <param name="ServerProcessorSeconds">The server's processor time in that period.</param>
/// <param name="ServerIdleBytes">The server's memory before the first listener.</param>
/// <param name="ServerBytes">The server's memory at the end of that period.</param>
/// <param name="OwnProcessorShare">The generator's processor time in that period, as a share of one core.</param>
/// <param name="OwnLagMs">The longest delay with which the generator woke up, in ms.</param>
internal sealed record LoadReport(
    int Listeners, int Begun, int Failed, string? Failure, int Complete, long Bytes, int LateListeners, long LateBytes, long WrongBytes,
    double MarginMs, double GapMs, double[] FirstByteMs, double Seconds, double MegabytesPerSecond, double ServerProcessorSeconds,
    long ServerIdleBytes, long ServerBytes, double OwnProcessorShare, double OwnLagMs)
{
    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    /// <summary>The number of probes that connected under load and received the first byte.</summary>
    public int Probes { get; init; }

    /// <summary>The probes' time to the first byte, in ms: median, 99th percentile, worst.</summary>
    public double[] ProbeMs { get; init; } = [0, 0, 0];

    /// <summary>The number of requesters that fetched the song at full speed in addition to the listeners.</summary>
    public int Downloads { get; init; }

    /// <summary>The megabytes per second that all downloads together received.</summary>
    public double DownloadMegabytesPerSecond { get; init; }

    /// <summary>
    /// True if the generator, and not the server, may have delayed the bytes: the generator woke up late, used nearly all processors, or
    /// used more processor time than the server in a run in which all listeners received the whole song.
    /// </summary>
    public bool IsBottleneck =>
        OwnLagMs > 200 || OwnProcessorShare > 0.9 * Environment.ProcessorCount
        || (Complete == Listeners && ServerProcessorSeconds > 0 && OwnProcessorShare * Seconds > ServerProcessorSeconds);

    public string ToJson() => JsonSerializer.Serialize(this, Json);

    public void Print()
    {
        Line($"listeners        {Listeners}, {Begun} received data, {Failed} failed{(Failure is null ? "" : $" ({Failure})")}, {Complete} received the whole song");
        Line($"late             {LateBytes} bytes, at {LateListeners} listeners; smallest lead {MarginMs:0} ms; longest gap {GapMs:0} ms");
        Line($"wrong            {WrongBytes} bytes");
        Line($"first byte       median {FirstByteMs[0]:0.0} ms, 99 % {FirstByteMs[1]:0.0} ms, worst {FirstByteMs[2]:0.0} ms");
        Line($"throughput       {MegabytesPerSecond:0.0} MB/s in {Seconds:0.0} s");
        if (Probes > 0)
            Line($"under load       {Probes} more listeners connected; first byte: median {ProbeMs[0]:0.0} ms, 99 % {ProbeMs[1]:0.0} ms, worst {ProbeMs[2]:0.0} ms");
        if (Downloads > 0)
            Line($"downloads        {Downloads} at full speed received {DownloadMegabytesPerSecond:0.0} MB/s");
        if (ServerBytes > 0)
        {
            Line($"server           processor {ServerProcessorSeconds:0.00} s ({ServerProcessorSeconds / Seconds:0.0%} of a core, {ServerProcessorSeconds / Math.Max(MegabytesPerSecond * Seconds / 1000, 1e-9):0.00} s per GB)");
            Line($"                 memory {ServerBytes / 1e6:0} MB, {ServerIdleBytes / 1e6:0} MB before; {(ServerBytes - ServerIdleBytes) / 1024.0 / Math.Max(1, Listeners):0.0} KB per listener");
        }

        Line($"this generator   {OwnProcessorShare:0.0%} of a core, woke up at most {OwnLagMs:0} ms late{(IsBottleneck ? ": IT MAY BE THE BOTTLENECK; late bytes may be its own fault" : "")}");
    }

    private static void Line(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}
