using TspActors.Configuration;
using TspActors.Peer.Live;
using TspActors.Peer.Live.Sources;
using TspActors.Peer.Tests.Material;

namespace TspActors.Peer.Tests.Live;

/// <summary>Checks the settings of live feeds, from the file, the environment and --live.</summary>
public sealed class FeedSettingsSpecs : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly Dictionary<string, string> _environment = [];
    private readonly List<string> _options = [];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_feed_can_be_a_section_or_a_string()
    {
        var live = Read(
            """
            [
              { name = "Anna's radio", source = "station:Vinyl/", hold = 5s, max-listeners = 9, low-delay = on, fallback = "calm",
                jingles = "Jingles", jingle-every = 7, order = listed }
              { name = Studio, source = "icecast:8001/live", password = "a secret" },
              "Line in=exec:arecord | lame - -"
            ]
            """);

        Assert.Equal(
            [
                new FeedSettings("Anna's radio", new FeedSource.Station("Vinyl/"))
                {
                    Hold = TimeSpan.FromSeconds(5), MaxListeners = 9, LowDelay = true, Fallback = "calm", Jingles = "Jingles",
                    JingleEvery = 7, InOrder = true,
                },
                new FeedSettings("Studio", new FeedSource.Icecast(8001, "/live")) { Password = "a secret" },
                new FeedSettings("Line in", new FeedSource.Command("arecord | lame - -")),
            ],
            live.Feeds.AsEnumerable());
    }

    [Theory]
    [InlineData("[{ name = A, source = \"-\", max-listners = 3 }]", "tsp.peer.live.feeds[0].max-listners; the nearest known one is max-listeners")]
    [InlineData("[{ name = A, source = \"-\", hold = soon }]", "tsp.peer.live.feeds[0].hold is \"soon\"; write a duration")]
    [InlineData("[{ name = A, source = \"-\", order = [a] }]", "takes a list of sections or strings")]
    [InlineData("[\"A=-\", { source = \"station:\" }]", "tsp.peer.live.feeds[1].name: the feed has no name; write one")]
    [InlineData("[{ name = A }]", "tsp.peer.live.feeds[0].source: there is no source; write station:")]
    [InlineData("[\"A\"]", "tsp.peer.live.feeds[0]: it names no feed; write NAME=SOURCE")]
    [InlineData("[\"A=icecast:x/y\"]", "tsp.peer.live.feeds[0]: \"x\" is not a port")]
    [InlineData("[\"A=station:\", \"a=-\"]", "tsp.peer.live.feeds[1]: there are two feeds with the name \"a\"")]
    [InlineData("[\"A=icecast:1/x\", \"B=icecast:1/x\"]", "\"A\" already uses icecast:1/x")]
    [InlineData("[\"A=-\", \"B=-\"]", "\"A\" already reads standard input")]
    [InlineData("[{ name = A, source = \"-\", password = \"********\" }]", "tsp.peer.live.feeds[0].password is not valid")]
    [InlineData("\"A=-\"", "takes a list of sections or strings; write tsp.peer.live.feeds = [{ name = \"…\", source = \"…\" }]")]
    public void An_invalid_feed_causes_one_problem_that_says_where_it_is_and_what_to_do(string feeds, string problem)
    {
        var error = Assert.Throws<SettingsException>(() => Read(feeds));

        Assert.Contains(problem, Assert.Single(error.Problems).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Two_mount_points_may_share_a_port() =>
        Assert.Equal(2, Read("[\"A=icecast:1/x\", \"B=icecast:1/y\"]").Feeds.Length);

    [Fact]
    public void An_environment_variable_can_set_a_feed()
    {
        _environment["TSP__PEER__LIVE__FEEDS__0"] = "Night=station:calm";

        Assert.Equal(["Night"], Read("[\"A=-\"]").Feeds.Select(feed => feed.Name));
    }

    [Fact]
    public void An_option_adds_a_feed_or_replaces_the_one_with_its_name()
    {
        _options.AddRange(["B=station:new", "C=-"]);

        var live = Read("[\"A=station:\", { name = B, source = \"-\", hold = 9s }]");

        Assert.Equal(
            [
                new FeedSettings("A", new FeedSource.Station("")), new FeedSettings("B", new FeedSource.Station("new")),
                new FeedSettings("C", new FeedSource.StandardInput()),
            ],
            live.Feeds.AsEnumerable());
    }

    [Fact]
    public void Two_options_with_one_name_are_refused()
    {
        _options.AddRange(["B=station:new", "B=-"]);

        var error = Assert.Throws<SettingsException>(() => Read("[]"));

        Assert.Contains("command line --live: tsp.peer.live.feeds[1]: there are two feeds", Assert.Single(error.Problems).ToString());
    }

    [Fact]
    public void The_printed_settings_contain_the_same_feeds_except_for_their_passwords()
    {
        _options.Add("C=exec:a \"b\" \\c");
        const string feeds = "[\"A=-\", { name = B, source = \"icecast:1/x\", password = hush, hold = 9s }]";

        var printed = Load(feeds).Print();

        Assert.DoesNotContain("hush", printed, StringComparison.Ordinal);
        Assert.Contains("password = \"********\"", printed, StringComparison.Ordinal);
        var again = _folder.In("again.conf");
        File.WriteAllText(again, printed.Replace("********", "hush", StringComparison.Ordinal));
        _options.RemoveAt(0);
        Assert.Equal(Read(feeds).Feeds.Append(new FeedSettings("C", new FeedSource.Command("a \"b\" \\c"))),
            PeerSettingsReader.Read(LoadFile(again)).Live.Feeds.AsEnumerable());
    }

    [Fact]
    public void A_burst_must_leave_room_for_listeners_that_fall_behind()
    {
        var file = _folder.In("burst.conf");
        File.WriteAllText(file, "tsp.peer.live { held = 12s, burst = 8s }\n");

        var error = Assert.Throws<SettingsException>(() => PeerSettingsReader.Read(LoadFile(file)));

        Assert.Contains("tsp.peer.live.burst", error.Message, StringComparison.Ordinal);
    }

    private LiveSettings Read(string feeds) => PeerSettingsReader.Read(Load(feeds)).Live;

    private ProgramConfiguration Load(string feeds)
    {
        var file = _folder.In("peer.conf");
        File.WriteAllText(file, $"tsp.peer.live.feeds = {feeds}\n");
        return LoadFile(file);
    }

    private ProgramConfiguration LoadFile(string file) => ProgramConfiguration.Load(new LoadRequest
    {
        Program = "peer",
        Reference = LoadRequest.EmbeddedReference(typeof(PeerSettings).Assembly),
        ConfigFile = file,
        WorkingDirectory = _folder.Path,
        ProgramDirectory = _folder.Path,
        Environment = _environment,
        CommandLine = _options.Count == 0 ? [] : [CommandLineSetting.Add("tsp.peer.live.feeds", _options, "--live")],
        SecretKeys = PeerSettingsReader.SecretKeys,
        EntryForms = PeerSettingsReader.EntryForms,
    });
}
