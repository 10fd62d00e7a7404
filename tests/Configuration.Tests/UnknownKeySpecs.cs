namespace TspActors.Configuration.Tests;

/// <summary>Checks that an unknown key is an error, because it is probably a typing mistake.</summary>
public sealed class UnknownKeySpecs : IDisposable
{
    private readonly Workbench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Theory]
    [InlineData("tsp.tracker.prot = 1", "unknown setting tsp.tracker.prot", "tsp.tracker.port")]
    [InlineData("tsp.tracker.Port = 1", "unknown setting tsp.tracker.Port", "tsp.tracker.port")]
    [InlineData("tsp.tracker.heartbeat_interval = 1s", "unknown setting tsp.tracker.heartbeat_interval", "tsp.tracker.heartbeat-interval")]
    [InlineData("tsp.tracker.cluster.seed-node = []", "unknown setting tsp.tracker.cluster.seed-node", "tsp.tracker.cluster.seed-nodes")]
    [InlineData("tsp.tracker.clutser {}", "unknown setting tsp.tracker.clutser", "tsp.tracker.cluster.port")]
    [InlineData("tsp.tracker.port.x = 1", "unknown setting tsp.tracker.port.x", "tsp.tracker.port")]
    [InlineData("tsp.trakcer.port = 1", "unknown section tsp.trakcer", "tsp.tracker")]
    public void An_unknown_key_in_the_file_is_reported_with_its_line_and_the_nearest_known_key(string text, string what, string nearest) =>
        Assert.Equal($"file {_bench.DefaultFile}, line 2: {what}; the nearest known one is {nearest}", _bench.ProblemOf("\n" + text));

    [Theory]
    [InlineData("TSP__TRACKER__HEARTBEATINTERVAL", "tsp.tracker.heartbeatinterval", "tsp.tracker.heartbeat-interval")]
    [InlineData("tsp__tracker__prot", "tsp.tracker.prot", "tsp.tracker.port")]
    [InlineData("TSP__TRACKER__WORD__0", "tsp.tracker.word", "tsp.tracker.words")]
    public void An_unknown_key_in_the_environment_is_reported_with_its_variable(string variable, string key, string nearest)
    {
        _bench.Environment[variable] = "1";
        Assert.Equal(
            $"environment {variable}: unknown setting {key}; the nearest known one is {nearest}",
            Assert.Single(_bench.Load().Problems).ToString());
    }

    [Theory]
    [InlineData("TSP__FOO__BAR", "unknown section tsp.foo")]
    [InlineData("TSP__FOO", "unknown section tsp.foo")]
    [InlineData("TSP__TRACKER", "tsp.tracker is a section")]
    [InlineData("TSP__TRACKER__", "does not name a setting")]
    [InlineData("TSP____PORT", "does not name a setting")]
    [InlineData("AKKA__", "does not name a setting")]
    public void A_variable_that_does_not_name_a_setting_is_an_error(string variable, string expected)
    {
        _bench.Environment[variable] = "1";
        Assert.Contains(expected, Assert.Single(_bench.Load().Problems).ToString());
    }

    [Fact]
    public void A_variable_with_too_many_segments_is_an_error()
    {
        _bench.Environment["AKKA__" + string.Join("__", Enumerable.Repeat("A", 50_000))] = "1";
        Assert.Contains("does not name a setting", Assert.Single(_bench.Load().Problems).What);
    }

    [Fact]
    public void Settings_of_the_other_program_and_unrelated_variables_are_ignored()
    {
        _bench.WriteFile("tsp.peer { anything { at = [all] } }");
        _bench.Environment["TSP__PEER__WHATEVER__0"] = "1";
        _bench.Environment["TSP_TRACKER_PORT"] = "tcp://10.0.0.1:7070";
        _bench.Environment["TSPX__FOO"] = "1";
        _bench.Environment["PATH"] = "${?x} { [";
        Assert.Empty(_bench.Load().Problems);
    }

    [Theory]
    [InlineData("tps.tracker.port = 1", "unknown section tps")]
    [InlineData("serilog {}", "unknown section serilog")]
    [InlineData("\"tsp.tracker.port\" = 1", "unknown section \"tsp.tracker.port\"")]
    [InlineData("tsp = 1", "tsp is a section")]
    [InlineData("akka = 1", "akka is a section")]
    [InlineData("tsp.tracker = 1", "tsp.tracker is a section")]
    [InlineData("tsp.tracker.cluster = off", "tsp.tracker.cluster is a section")]
    [InlineData("tsp.tracker.port {}", "tsp.tracker.port takes one value")]
    [InlineData("tsp.tracker.port = [1]", "tsp.tracker.port takes one value")]
    [InlineData("tsp.tracker.words = one", "tsp.tracker.words takes a list")]
    [InlineData("tsp.tracker.words = [[one]]", "tsp.tracker.words takes a list of plain values")]
    [InlineData("tsp.tracker.words = [{a = 1}]", "tsp.tracker.words takes a list of plain values")]
    public void A_key_in_the_wrong_place_or_of_the_wrong_kind_is_an_error(string text, string expected) =>
        Assert.Contains(expected, _bench.ProblemOf(text));

    [Fact]
    public void All_problems_are_reported_together_each_on_its_own_line()
    {
        _bench.WriteFile("tsp.tracker {\n prot = 1\n host = \"a b\"\n}\nfoo = 1\n");
        _bench.Environment["TSP__NONE"] = "1";
        _bench.Environment["TSP__TRACKER__BAD\nNAME"] = "1";
        _bench.CommandLine.Add(CommandLineSetting.One("tsp.tracker.port", "x\ny", "--port"));
        var reader = new SettingsReader(_bench.Load());
        reader.Host("tsp.tracker.host");
        reader.Port("tsp.tracker.port");
        var thrown = Assert.Throws<SettingsException>(reader.ThrowIfAny);
        Assert.Equal(6, thrown.Problems.Count);
        Assert.Equal(6, thrown.Message.Split(Environment.NewLine).Length);
        Assert.DoesNotContain("   at ", thrown.Message);
    }

    [Theory]
    [InlineData("port", "port", 0)]
    [InlineData("prot", "port", 1)]
    [InlineData("por", "port", 1)]
    [InlineData("", "port", 4)]
    [InlineData("kitten", "sitting", 3)]
    public void The_distance_counts_wrong_missing_extra_and_swapped_characters(string a, string b, int distance)
    {
        Assert.Equal(distance, NearestKey.Distance(a, b));
        Assert.Equal(distance, NearestKey.Distance(b, a));
    }
}
