using System.Text;
using TspActors.Configuration;

namespace TspActors.Fuzz.Targets;

/// <summary>
/// A configuration file. Every error in it is reported in one line; if there is none, the output of --print-config, read as a file, gives
/// the same settings.
/// </summary>
internal sealed class HoconTarget : FuzzTarget
{
    private const string Secret = "tsp.tracker.access-key";

    // A problem quotes keys and values, with each invisible character as six visible ones.
    private const int LongestProblem = 1500;
    private const int LongestCharacter = 6;

    // Above about a petabit per second, a rate is printed with more digits than the parser accepts.
    private const long LargestRate = 1L << 47;

    private static readonly string Reference = LoadRequest.EmbeddedReference(typeof(HoconTarget).Assembly);
    private static readonly string[] Texts =
        ["", "tsp.tracker.port = 1", "tsp { tracker { port = 1, name = \"a \\u00e4\", words = [a, \"b c\"] } }", "# c\n// d\n",
            "{ \"tsp\" : { tracker\n{ mode : plain } } }", "tsp.tracker { host = \"10.0.0.1\", upstream = ${tsp.tracker.host}\":99\" }",
            "tsp.tracker.name = \"\"\"raw \\n\"\"\"\ntsp.tracker.words = []", "tsp.tracker.heartbeat-interval = 5 s  # c\n",
            "akka.actor.deployment { \"/user/*\" { router = round-robin-pool } }", "tsp.tracker.port = ${?PORT}", "include \"x\"",
            "tsp.tracker.words = [a,\n b\n]\ntsp.tracker.max-frame = 64KiB", "tsp.tracker.port = 1 = 2", "a.b += c", "tsp.tracker.nmae = x",
            "tsp.tracker.upstream = \"[::1]:7070\"\ntsp.tracker.anonymous-requests = off", "tsp.tracker.mode = 10 Mbit\"/s\""];

    private readonly InputFile _file = new("tracker.conf");
    private readonly InputFile _printed = new("tracker.conf");

    public override string Name => "hocon";

    public override IEnumerable<byte[]> Seeds() => Texts.Select(Encoding.UTF8.GetBytes);

    // Akka's parser copies a lot, and each unknown key is compared with all known ones.
    public override long MaxAllocated(int inputLength) => (16 << 20) + 16_384L * inputLength;

    public override void Run(byte[] input)
    {
        var configuration = Load(_file, input);
        var reader = new SettingsReader(configuration);
        CheckValues(reader);
        foreach (var problem in reader.Errors)
            Rule.IsLine(problem.ToString(), LongestProblem + LongestCharacter * input.Length);
        if (configuration.Problems.Count > 0)
            return;
        var printed = Load(_printed, Encoding.UTF8.GetBytes(configuration.Print()));
        Rule.Holds(printed.Problems.Count == 0, "the output of --print-config has a problem");
        Rule.Holds(!configuration.KeysThatDiffer(printed).Any(key => key != Secret), "the output of --print-config differs");
    }

    private static ProgramConfiguration Load(InputFile file, byte[] content) => ProgramConfiguration.Load(new LoadRequest
    {
        Program = "tracker",
        Reference = Reference,
        ConfigFile = file.Write(content),
        WorkingDirectory = file.Folder,
        ProgramDirectory = file.Folder,
        Environment = new Dictionary<string, string>(),
        SecretKeys = [Secret],
    });

    // Reads settings of all types. If a value is invalid, the reader records a problem and returns the default.
    private static void CheckValues(SettingsReader reader)
    {
        Rule.Holds(reader.Port("tsp.tracker.port", zeroMeansAny: true) is >= 0 and <= 65535, "a port is out of range");
        var interval = reader.Duration("tsp.tracker.heartbeat-interval", TimeSpan.Zero, TimeSpan.MaxValue);
        Rule.Holds(interval >= TimeSpan.Zero, "a time is negative");
        Rule.Holds(reader.Bytes("tsp.tracker.max-frame", 1, long.MaxValue) >= 1, "a size is out of range");
        Rule.Holds(reader.Text("tsp.tracker.name", maxLength: 64).Length <= 64, "a text is longer than allowed");
        Rule.Holds(reader.TextList("tsp.tracker.words", maxCount: 8).Count <= 8, "a list is longer than allowed");
        reader.Host("tsp.tracker.host");
        reader.Bool("tsp.tracker.anonymous-requests");
        reader.Secret(Secret);
        reader.HostPortList("tsp.tracker.peers", 7070);
        var address = reader.HostPort("tsp.tracker.upstream", 7070);
        Rule.Holds(HostPort.TryParse(address.ToString(), null, out var same) && same == address, "an address is not read back unchanged");
        if (Rate.TryParse(reader.Text("tsp.tracker.mode"), out var rate) && rate.BytesPerSecond < LargestRate)
            Rule.Holds(Rate.TryParse(rate.ToString(), out var sameRate) && sameRate == rate, "a rate is not read back unchanged");
    }
}
