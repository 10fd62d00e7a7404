using System.Globalization;
using System.Net;

namespace TspActors.Benchmarks.TrackerLoad;

/// <summary>The options of a run against a tracker, as given on the command line.</summary>
internal sealed record TrackerLoadOptions(IPEndPoint Tracker, string Verb)
{
    public const string Usage =
        "tracker-load catalog|peers|adversaries|restart HOST:PORT [--peers N] [--songs M] [--churn PER_SECOND] [--seconds S] [--ramp S] [--subscribers N] [--retaggers N] [--depth K] [--connections C] [--only ADVERSARY] [--tls 1] [--pid TRACKER]";

    public int Peers { get; private set; } = 100;

    /// <summary>The number of songs of each peer.</summary>
    public int Songs { get; private set; } = 1_000;

    /// <summary>The number of changes to the catalog per second. To withdraw a song and share it again is two changes.</summary>
    public int Churn { get; private set; } = 1_000;

    public int Seconds { get; private set; } = 10;

    /// <summary>The time over which the peers connect, in seconds; 0 = as fast as possible.</summary>
    public int Ramp { get; private set; }

    /// <summary>The number of peers that subscribe to broadcasts.</summary>
    public int Subscribers { get; private set; } = int.MaxValue;

    /// <summary>The number of hostile peers that keep retagging their songs while changes are measured.</summary>
    public int Retaggers { get; private set; }

    public int Depth { get; private set; } = 64;

    public int Connections { get; private set; } = 8;

    /// <summary>The number of the adversary to run; 0 = all adversaries.</summary>
    public int Only { get; private set; }

    /// <summary>True if the peers connect with TLS, each with a key of its own.</summary>
    public bool Tls { get; private set; }

    public int TrackerProcess { get; private set; }

    /// <summary>Parses the command line. Returns null if the arguments are invalid.</summary>
    public static TrackerLoadOptions? Parse(string[] arguments)
    {
        if (arguments.Length < 2 || arguments.Length % 2 != 0 || !IPEndPoint.TryParse(arguments[1], out var tracker))
            return null;
        var options = new TrackerLoadOptions(tracker, arguments[0]);
        for (var at = 2; at < arguments.Length; at += 2)
        {
            if (!int.TryParse(arguments[at + 1], NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                || !options.Set(arguments[at], number))
                return null;
        }

        return options;
    }

    private bool Set(string name, int number)
    {
        switch (name)
        {
            case "--peers": Peers = number; break;
            case "--songs": Songs = number; break;
            case "--churn": Churn = number; break;
            case "--seconds": Seconds = number; break;
            case "--ramp": Ramp = number; break;
            case "--subscribers": Subscribers = number; break;
            case "--retaggers": Retaggers = number; break;
            case "--depth": Depth = number; break;
            case "--connections": Connections = number; break;
            case "--only": Only = number; break;
            case "--tls": Tls = number != 0; break;
            case "--pid": TrackerProcess = number; break;
            default: return false;
        }

        return true;
    }
}
