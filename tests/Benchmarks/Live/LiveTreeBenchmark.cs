using System.Diagnostics;
using System.Globalization;
using System.Net;
using TspActors.Protocol;
using TspActors.Tracker.Catalog;

namespace TspActors.Benchmarks.Live;

/// <summary>
/// <c>live-tree LISTENERS [UPLINK_MBIT] [MINUTES]</c>: simulated listeners of one feed, placed by the tracker's own
/// <see cref="HostOrder"/>, <see cref="FeedHostOrder"/> and <see cref="LiveFeeds"/>, while they come and go and relays fail. Prints how
/// many listeners hear the feed, how far they are behind the source, and how often the sound stops.
/// </summary>
/// <remarks>
/// The time is virtual. A hop takes a log-normal time with a median of 40 ms, and up to 0.8 of a chunk for serving one listener after the
/// other. Sessions last half an hour on average. Half of those who leave crash: their listeners notice after 5 s (a relay after 2 s) and
/// need 0.5 s for the next host. A listener has 6 s in reserve. Loads are a second old, as hosts report them.
/// </remarks>
internal static class LiveTreeBenchmark
{
    private const double BitrateMbit = 0.133;
    private const double ChunkSeconds = 0.5;
    private const double MeanSessionSeconds = 1_800;
    private const double Reserve = 6;
    private const int SourceStreams = 7;
    private const int RelayVolunteers = 200;

    public static int Run(string[] arguments)
    {
        var listeners = arguments.Length > 0 ? int.Parse(arguments[0], CultureInfo.InvariantCulture) : 10_000;
        var uplink = arguments.Length > 1 ? double.Parse(arguments[1], CultureInfo.InvariantCulture) : 50;
        var minutes = arguments.Length > 2 ? double.Parse(arguments[2], CultureInfo.InvariantCulture) : 10;
        var watch = Stopwatch.StartNew();
        var tree = new Tree(new Random(1), (uint)(0.8 * uplink / BitrateMbit));
        tree.JoinAll(listeners);
        var joined = tree.Describe();
        tree.Churn(listeners, minutes * 60);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{listeners} listeners, relays with {uplink} Mbit/s ({tree.StreamsPerRelay} streams each):"));
        Console.WriteLine($"  after the crowd    {joined}");
        Console.WriteLine($"  after {minutes} min     {tree.Describe()}");
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"  stalls per listener-hour {tree.Stalls / (listeners * minutes / 60):0.0000}, moves {tree.Moves}, grants {tree.Grants}, "
                + $"{tree.Grants / watch.Elapsed.TotalSeconds:0} grants a second of this machine"));
        return 0;
    }

    private sealed class Node(CatalogHost? host, uint streams)
    {
        public CatalogHost? Host => host;

        public uint Streams => streams;

        public Node? Parent { get; set; }

        public HashSet<Node> Children { get; } = [];

        public double HopSeconds { get; set; }

        public bool IsHost { get; set; }

        public bool HasLeft { get; set; }

        public HostLoad Reported { get; set; } = new() { MaxStreams = streams };

        public int Depth => Parent is null ? 0 : Parent.Depth + 1;

        public double Delay => Parent is null ? 0 : Parent.Delay + HopSeconds;

        public bool IsOn(Node other)
        {
            for (var node = this; node is not null; node = node.Parent)
            {
                if (node == other)
                    return true;
            }

            return false;
        }
    }

    private sealed class Tree(Random random, uint streamsPerRelay)
    {
        private readonly List<Node> _hosts = [];
        private readonly List<Node> _listeners = [];
        private readonly Queue<Node> _unplaced = new();
        private LiveFeeds _feeds = LiveFeeds.None;
        private readonly Dictionary<CatalogHost, Node> _nodes = [];
        private double _sinceReport;
        private int _made;

        public uint StreamsPerRelay => streamsPerRelay;

        public double Stalls { get; private set; }

        public long Moves { get; private set; }

        public long Grants { get; private set; }

        public void JoinAll(int listeners)
        {
            var source = NewNode(SourceStreams);
            Share(source, 0);
            // Those who offer to pass the feed on are spread over the crowd.
            var every = Math.Max(1, listeners / RelayVolunteers);
            for (var i = 0; i < listeners; i++)
            {
                Join(i % every == 0 ? NewNode(streamsPerRelay) : new Node(null, 0));
                Advance(0.01);
            }
        }

        public void Churn(int listeners, double seconds)
        {
            var leaving = listeners * seconds / MeanSessionSeconds;
            var step = seconds / leaving;
            for (var i = 0; i < (int)leaving; i++)
            {
                var leaver = _listeners[random.Next(_listeners.Count)];
                Leave(leaver, crashes: random.Next(2) == 0);
                Join(leaver.Host is null ? new Node(null, 0) : NewNode(streamsPerRelay));
                Advance(step);
            }
        }

        public string Describe()
        {
            var placed = _listeners.Where(node => node.Parent is not null).ToList();
            var delays = placed.Select(node => node.Delay).Order().ToList();
            var depths = placed.Select(node => node.Depth).ToList();
            return string.Create(
                CultureInfo.InvariantCulture,
                $"heard by {placed.Count}, not by {_listeners.Count - placed.Count}; relays {_hosts.Count - 1}; depth mean {depths.Average():0.0}, "
                    + $"most {depths.Max()}; behind the source {delays.Average():0.00} s, 99 % {delays[(int)(0.99 * (delays.Count - 1))]:0.00} s");
        }

        private Node NewNode(uint streams)
        {
            var id = new byte[PeerId.Size];
            random.NextBytes(id);
            var address = $"{random.Next(1, 224)}.{random.Next(256)}.{random.Next(256)}.{random.Next(1, 255)}";
            var host = new CatalogHost(new PeerId(id), $"peer {++_made}", address, 7071, IPAddress.Parse(address), PortReach.Reachable);
            var node = new Node(host, streams);
            _nodes[host] = node;
            return node;
        }

        private void Join(Node node)
        {
            _listeners.Add(node);
            Attach(node);
        }

        private void Attach(Node node)
        {
            Grants++;
            var hosts = _hosts.Select(host => (host.Host!, (HostLoad?)host.Reported)).ToList();
            var passesOn = node.Host is not null;
            var grant = FeedHostOrder.Sort(HostOrder.ForGrant(hosts, 256), _feeds.Find(1)!, passesOn, CatalogSong.MaxGrantedHosts);
            foreach (var (host, _) in grant)
            {
                var parent = _nodes[host];
                if (parent.Children.Count >= parent.Streams || parent.IsOn(node) || (passesOn && parent.Depth >= LiveProof.MaxDepth))
                    continue;
                parent.Children.Add(node);
                node.Parent = parent;
                node.HopSeconds = (0.04 * Math.Exp(0.5 * Gaussian())) + 0.01 + (random.NextDouble() * 0.8 * ChunkSeconds);
                if (passesOn && !node.IsHost && _feeds.Refusal(1, node.Host!.Id, (byte)node.Depth) is null)
                    Share(node, (byte)node.Depth);
                else if (node.IsHost)
                    _feeds = _feeds.With(1, node.Host!.Id, (byte)node.Depth);
                return;
            }

            _unplaced.Enqueue(node);
        }

        private void Leave(Node leaver, bool crashes)
        {
            _listeners[_listeners.IndexOf(leaver)] = _listeners[^1];
            _listeners.RemoveAt(_listeners.Count - 1);
            leaver.HasLeft = true;
            leaver.Parent?.Children.Remove(leaver);
            leaver.Parent = null;
            if (leaver.Host is not null)
                _nodes.Remove(leaver.Host);
            if (leaver.IsHost)
            {
                _hosts.Remove(leaver);
                _feeds = _feeds.Without(1, leaver.Host!.Id);
            }

            // The listeners nearest to the source find a new host first. The listeners behind them notice only the delay.
            foreach (var child in leaver.Children.OrderByDescending(child => child.IsHost).ToList())
            {
                Moves++;
                child.Parent = null;
                var behind = crashes ? (child.IsHost ? 2 : 5) + 0.5 : 0.5;
                if (random.Next(10) == 0)
                    behind += 1;
                if (behind > Reserve)
                    Stalls += 1 + (child.IsHost ? child.Children.Count : 0);
                Attach(child);
            }

            leaver.Children.Clear();
        }

        private void Share(Node node, byte depth)
        {
            _hosts.Add(node);
            node.IsHost = true;
            _feeds = _feeds.With(1, node.Host!.Id, depth);
        }

        // Hosts report their load once a second. Listeners without a host then ask again.
        private void Advance(double seconds)
        {
            _sinceReport += seconds;
            if (_sinceReport < 1)
                return;
            _sinceReport = 0;
            foreach (var host in _hosts)
                host.Reported = new HostLoad { ActiveStreams = (uint)host.Children.Count, MaxStreams = host.Streams };
            for (var asking = Math.Min(100, _unplaced.Count); asking > 0; asking--)
            {
                if (_hosts.All(host => host.Children.Count >= host.Streams))
                    return;
                var node = _unplaced.Dequeue();
                if (!node.HasLeft)
                    Attach(node);
            }
        }

        private double Gaussian() =>
            Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
    }
}
