namespace TspActors.Peer.Diagnosis;

/// <summary>
/// Checks whether the system's clock is plausible. A tracker does not send its time, so there is no other clock to compare it with.
/// </summary>
/// <param name="clock">The system's clock.</param>
/// <param name="installed">When this program was installed.</param>
internal sealed class ClockCheck(TimeProvider clock, DateTimeOffset installed) : ICheck
{
    private const string Check = "clock";
    private const int LongestLifeYears = 20;

    /// <inheritdoc/>
    public string Name => Check;

    /// <inheritdoc/>
    public Task<Finding> RunAsync(CancellationToken cancellation) => Task.FromResult(Judge(clock.GetUtcNow(), installed));

    /// <summary>Returns the finding for a time.</summary>
    public static Finding Judge(DateTimeOffset now, DateTimeOffset installed)
    {
        // One day of tolerance covers file systems that store local time.
        if (now < installed.AddDays(-1))
            return Finding.Problem(
                Check, $"it shows {Text(now)}, but this program was installed on {Text(installed)}",
                "set the clock: if it is wrong, invitations and certificates from authorities will seem expired or not yet valid");
        return now > installed.AddYears(LongestLifeYears)
            ? Finding.Warning(Check, $"it shows {Text(now)}, which is long after this program was installed ({Text(installed)})", "check the clock")
            : Finding.Ok(Check, $"{Text(now)}");
    }

    private static string Text(DateTimeOffset time) => $"{time.UtcDateTime:yyyy-MM-dd HH:mm} UTC";
}
