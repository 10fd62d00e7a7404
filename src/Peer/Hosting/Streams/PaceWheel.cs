using Akka.Actor;
using Akka.Event;
using TspActors.Transport;

namespace TspActors.Peer.Hosting.Streams;

/// <summary>
/// Wakes the streams of a host when their next chunk is due. Streams that are due at about the same time wake together,
/// real-time streams first. Thread-safe.
/// </summary>
/// <remarks>
/// All streams share one timer, because waking the processor costs more than the work of one stream. Before each chunk, a stream at full
/// speed asks whether it has to yield. If so, it wakes again when every due real-time stream has had its turn, or after one slot.
/// </remarks>
internal sealed class PaceWheel : IDisposable
{
    /// <summary>
    /// Streams due within this time wake together. A stream at full speed yields for at most this long before each chunk.
    /// </summary>
    public static readonly TimeSpan Slot = TimeSpan.FromMilliseconds(50);

    // How long the streams at full speed are slowed down after a report that a listener may soon run dry.
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

    /// <summary>Adds a stream, to which the wheel sends <see cref="WakeUp"/>.</summary>
    public Waker AddStream(IActorRef stream, bool isRealTime) => new(this, stream, isRealTime);

    /// <summary>Reports that the listener of a real-time stream may soon run dry.</summary>
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

        // Real-time streams come first, because the streams handle the messages in roughly the order in which they are sent.
        Wake(woken.OrderByDescending(waker => waker.IsRealTime));
    }

    private void Begin(Waker waker)
    {
        waker.State = WakerState.Due;
        if (waker.IsRealTime)
            _due++;
    }

    // Streams that yield continue once the last due real-time stream has had its turn.
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
        // Adds a millisecond, because a timer that fires too early would find nothing due.
        _timer.Change(wait > TimeSpan.Zero ? wait + TimeSpan.FromMilliseconds(1) : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The state of a stream on its wheel.</summary>
    internal enum WakerState
    {
        Idle,
        Scheduled,
        Due,
        Stopped,
    }

    /// <summary>
    /// A stream's place on the wheel. After <see cref="WakeIn"/>, or after <see cref="Yields"/> has returned true, the stream receives one
    /// <see cref="WakeUp"/>. It calls <see cref="Served"/> when it has finished the due work.
    /// </summary>
    internal sealed class Waker(PaceWheel wheel, IActorRef stream, bool isRealTime)
    {
        public bool IsRealTime => isRealTime;

        public WakerState State { get; set; }

        /// <summary>Wakes the stream after <paramref name="delay"/>, or up to one slot earlier.</summary>
        public void WakeIn(TimeSpan delay) => wheel.Schedule(this, (wheel._time.GetElapsedTime(0) + delay).Ticks / Slot.Ticks);

        /// <summary>
        /// Returns true if this stream has to yield, because a real-time stream is waiting for its turn or a listener may soon run dry.
        /// This stream then wakes when it may continue, after at most one slot. Streams at full speed therefore slow down, but they
        /// never starve.
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

        /// <summary>Marks the first chunk as due now, before any wake-up.</summary>
        public void Due()
        {
            lock (wheel._gate)
                wheel.Begin(this);
        }

        /// <summary>Marks the due work as done, as far as it can be done now.</summary>
        public void Served()
        {
            if (State == WakerState.Due)
                wheel.Leave(this, WakerState.Idle);
        }

        /// <summary>Stops waking the stream.</summary>
        public void Stop() => wheel.Leave(this, WakerState.Stopped);

        public void Wake() => stream.Tell(WakeUp.Instance, ActorRefs.NoSender);
    }

    /// <summary>To a stream: the next chunk is due, or it is this stream's turn.</summary>
    internal sealed record WakeUp : ILocalMessage, IDeadLetterSuppression
    {
        public static readonly WakeUp Instance = new();
    }
}
