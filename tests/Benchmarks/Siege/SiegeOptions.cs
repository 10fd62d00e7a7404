using System.Globalization;
using System.Net;

namespace TspActors.Benchmarks.Siege;

/// <summary>The options of a siege, as given on the command line.</summary>
/// <param name="Tracker">The tracker.</param>
/// <param name="Host">The sharing peer whose songs the honest peers play.</param>
internal sealed record SiegeOptions(IPEndPoint Tracker, IPEndPoint Host)
{
    public const string Usage =
        "siege TRACKER:PORT HOST:PORT --http PORT --tracker PID --host PID [--seconds S] [--quiet S] [--settle S] [--only ATTACK,ATTACK | none]\n"
        + "      [--elsewhere PORT]\n"
        + "siege attack tracker|host TRACKER:PORT HOST:PORT --http PORT [--only ATTACK,ATTACK]";

    /// <summary>How long the attacks last.</summary>
    public int Seconds { get; private set; } = 600;

    /// <summary>How long the honest peers are measured without attacks.</summary>
    public int Quiet { get; private set; } = 60;

    /// <summary>How long the attacks last before they are measured.</summary>
    public int Settle { get; private set; }

    /// <summary>The tracker's HTTP port.</summary>
    public int HttpPort { get; private set; } = 7080;

    public int TrackerProcess { get; private set; }

    public int HostProcess { get; private set; }

    /// <summary>The names of the attacks to carry out; empty = all, "none" = none.</summary>
    public string[] Only { get; private set; } = [];

    /// <summary>
    /// The port of another tracker at the same address, which is attacked instead. The next port is that of the host that is attacked
    /// instead, and the one after it the tracker's HTTP port. 0 = the measured programs are attacked.
    /// </summary>
    public int Elsewhere { get; private set; }

    /// <summary>Parses the command line. Returns null if the arguments are invalid.</summary>
    public static SiegeOptions? Parse(string[] arguments)
    {
        if (arguments.Length % 2 != 0 || arguments.Length < 2
            || !IPEndPoint.TryParse(arguments[0], out var tracker) || !IPEndPoint.TryParse(arguments[1], out var host))
            return null;
        var options = new SiegeOptions(tracker, host);
        for (var at = 2; at < arguments.Length; at += 2)
        {
            if (!options.Set(arguments[at], arguments[at + 1]))
                return null;
        }

        return options;
    }

    /// <summary>Returns the command line of the process that attacks the tracker or the host.</summary>
    public string[] ForAttack(string side)
    {
        var (tracker, host, http) = Elsewhere == 0
            ? (Tracker, Host, HttpPort)
            : (new IPEndPoint(Tracker.Address, Elsewhere), new IPEndPoint(Host.Address, Elsewhere + 1), Elsewhere + 2);
        string[] arguments = ["siege", "attack", side, $"{tracker}", $"{host}", "--http", http.ToString(CultureInfo.InvariantCulture)];
        return Only.Length == 0 ? arguments : [.. arguments, "--only", string.Join(',', Only)];
    }

    private bool Set(string name, string value)
    {
        if (name == "--only")
        {
            Only = value.Split(',');
            return true;
        }

        if (!int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            return false;
        switch (name)
        {
            case "--seconds": Seconds = number; break;
            case "--quiet": Quiet = number; break;
            case "--settle": Settle = number; break;
            case "--http": HttpPort = number; break;
            case "--elsewhere": Elsewhere = number; break;
            case "--tracker": TrackerProcess = number; break;
            case "--host": HostProcess = number; break;
            default: return false;
        }

        return true;
    }
}
