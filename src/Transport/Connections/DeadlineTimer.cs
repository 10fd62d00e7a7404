using System.Diagnostics;
using Akka.Actor;
using Akka.Event;

namespace TspActors.Transport.Connections;

/// <summary>
/// The timer for all deadlines of a connection. It is only ever moved to an earlier time; if it fires before anything is due, it is set
/// again.
/// </summary>
internal sealed class DeadlineTimer(ConnectionDeadlines deadlines)
{
    private TimeSpan? _armedFor;

    /// <summary>The current time on the clock that all deadlines use.</summary>
    public static TimeSpan Now => Stopwatch.GetElapsedTime(0);

    /// <summary>Sets the timer to the next deadline.</summary>
    public void Arm(ITimerScheduler timers)
    {
        if (deadlines.Next is not { } next || next >= _armedFor)
            return;
        var now = Now;
        _armedFor = next;
        timers.StartSingleTimer(Tick.Instance, Tick.Instance, next > now ? next - now : TimeSpan.Zero);
    }

    /// <summary>Returns the deadline that is due now that the timer has fired.</summary>
    public Due Fired()
    {
        _armedFor = null;
        return deadlines.Check(Now);
    }

    /// <summary>The timer has fired.</summary>
    internal sealed class Tick : INotInfluenceReceiveTimeout, ILocalMessage, IDeadLetterSuppression
    {
        public static readonly Tick Instance = new();
    }
}
