using Akka.Actor;
using Akka.Event;
using TspActors.Transport;

namespace TspActors.Peer.Hosting.Streams;

/// <summary>
/// Wakes the streams of a host when their next chunk is due: those that are due at about the same time together, and the ones at real time
/// first. Thread-safe.
/// </summary>
/// <remarks>
/// One timer for all: a wake-up of the processor costs more than what a stream does in it. A stream at full speed asks before each chunk
/// whether it has to yield, and is woken as soon as every stream at real time that is due has had its turn.
/// </remarks>
internal sealed class PaceWheel : IDisposable
{
    /// <summary>Streams due within this time are woken together; a stream at full speed waits this long at most for each chunk.</summary>
    public static readonly TimeSpan Slot = TimeSpan.FromMilliseconds(50);

    // While a listener may soon run dry the streams at full speed are slowed, for this long each time.
    private static readonly TimeSpan LateFor = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private readonly SortedDictionary<long, List<Waker>> _slots = [];
    private readonly List<Waker> _yielding = [];
    private long _armedFor = long.MaxValue;
    private int _due;
    private long _lateUntil;

    public PaceWheel(TimeProvider time)
    {
        _time = time;
        _timer = time.CreateTimer(_ => Turn(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    private long Now => _time.GetElapsedTime(0).Ticks / Slot.Ticks;

    /// <summary>Adds a stream, which is told <see cref="WakeUp"/>.</summary>
    public Waker AddStream(IActorRef stream, bool isRealTime) => new(this, stream, isRealTime);

    /// <summary>Reports that a stream at real time has so little ahead that its listener may soon run dry.</summary>
    public void ReportLate()
    {
        lock (_gate)
            _lateUntil = Now + LateFor.Ticks / Slot.Ticks;
    }

    public void Dispose() => _timer.Dispose();

    private void Schedule(Waker waker, long slot)
    {
        List<Waker> free;
        lock (_gate)
        {
            if (waker.State is WakerState.Scheduled or WakerState.Stopped)
                return;
            free = End(waker, WakerState.Scheduled);
            if (!_slots.TryGetValue(slot, out var wakers))
                _slots[slot] = wakers = [];
            wakers.Add(waker);
            Arm();
        }

        Wake(free);
    }

    private void Leave(Waker waker, WakerState state)
    {
        List<Waker> free;
        lock (_gate)
            free = End(waker, state);
        Wake(free);
    }

    private void Turn()
    {
        var woken = new List<Waker>();
        lock (_gate)
        {
            _armedFor = long.MaxValue;
            while (_slots.Count > 0 && _slots.First() is var (slot, wakers) && slot <= Now)
            {
                _slots.Remove(slot);
                woken.AddRange(wakers.Where(waker => waker.State == WakerState.Scheduled));
            }

            foreach (var waker in woken)
                Begin(waker);
            _yielding.RemoveAll(waker => waker.State != WakerState.Scheduled);
            Arm();
        }

        // Real time first: their messages are handled in about this order.
        Wake(woken.OrderByDescending(waker => waker.IsRealTime));
    }

    private void Begin(Waker waker)
    {
        waker.State = WakerState.Due;
        if (waker.IsRealTime)
            _due++;
    }

    // Streams that yield go on when the last stream at real time that was due has had its turn.
    private List<Waker> End(Waker waker, WakerState state)
    {
        var wasDue = waker.State == WakerState.Due;
        waker.State = state;
        if (!wasDue || !waker.IsRealTime || --_due > 0 || _yielding.Count == 0 || Now < _lateUntil)
            return [];
        var free = _yielding.FindAll(yielding => yielding.State == WakerState.Scheduled);
        _yielding.Clear();
        foreach (var yielding in free)
            Begin(yielding);
        return free;
    }

    private static void Wake(IEnumerable<Waker> wakers)
    {
        foreach (var waker in wakers)
            waker.Wake();
    }

    private void Arm()
    {
        if (_slots.Count == 0 || _slots.First().Key is var next && next >= _armedFor)
            return;
        _armedFor = next;
        var wait = TimeSpan.FromTicks(next * Slot.Ticks) - _time.GetElapsedTime(0);
        // A timer that is a little early would find nothing.
        _timer.Change(wait > TimeSpan.Zero ? wait + TimeSpan.FromMilliseconds(1) : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }

    /// <summary>What a stream is doing, as its wheel sees it.</summary>
    internal enum WakerState
    {
        Idle,
        Scheduled,
        Due,
        Stopped,
    }

    /// <summary>
    /// One stream's place on the wheel. It is told <see cref="WakeUp"/> once for each time it asked, and says <see cref="Served"/> when it
    /// has done what was due.
    /// </summary>
    internal sealed class Waker(PaceWheel wheel, IActorRef stream, bool isRealTime)
    {
        public bool IsRealTime => isRealTime;

        public WakerState State { get; set; }

        /// <summary>Wakes it in <paramref name="delay"/>, or up to a slot earlier.</summary>
        public void WakeIn(TimeSpan delay) => wheel.Schedule(this, (wheel._time.GetElapsedTime(0) + delay).Ticks / Slot.Ticks);

        /// <summary>
        /// True while a stream at real time waits for its turn, or may soon run dry. Then this one is woken when it may go on, in a slot at
        /// the latest: what goes at full speed gets less while others need it, but never nothing.
        /// </summary>
        public bool Yields()
        {
            lock (wheel._gate)
            {
                if (wheel._due == 0 && wheel.Now >= wheel._lateUntil)
                    return false;
                wheel._yielding.Add(this);
                wheel.Schedule(this, wheel.Now + 1);
                return true;
            }
        }

        /// <summary>Its first chunk is due now, before any wake-up.</summary>
        public void Due()
        {
            lock (wheel._gate)
                wheel.Begin(this);
        }

        /// <summary>What was due is done, as far as it can be now.</summary>
        public void Served()
        {
            if (State == WakerState.Due)
                wheel.Leave(this, WakerState.Idle);
        }

        /// <summary>The stream stops.</summary>
        public void Stop() => wheel.Leave(this, WakerState.Stopped);

        public void Wake() => stream.Tell(WakeUp.Instance, ActorRefs.NoSender);
    }

    /// <summary>To a stream: your next chunk is due, or it is your turn.</summary>
    internal sealed record WakeUp : ILocalMessage, IDeadLetterSuppression
    {
        public static readonly WakeUp Instance = new();
    }
}
