namespace TspActors.Configuration.Tests;

/// <summary>Checks which source of a setting wins, and how the origin of a value is reported.</summary>
public sealed class PrecedenceSpecs : IDisposable
{
    private readonly Workbench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public void Without_any_source_the_reference_configuration_applies()
    {
        var configuration = _bench.Load();
        Assert.Equal(7070, new SettingsReader(configuration).Port("tsp.tracker.port"));
        Assert.Equal(SettingOrigin.Default, configuration.OriginOf("tsp.tracker.port"));
        Assert.Equal(7070, configuration.Config.GetInt("tsp.tracker.port"));
    }

    [Fact]
    public void The_file_overrides_the_defaults_and_the_line_of_each_setting_is_known()
    {
        _bench.WriteFile("# first\ntsp.tracker {\n  port = 1111\n}\n");
        var configuration = _bench.Load();
        Assert.Equal(1111, new SettingsReader(configuration).Port("tsp.tracker.port"));
        Assert.Equal(new SettingOrigin(OriginKind.File, _bench.DefaultFile, 3), configuration.OriginOf("tsp.tracker.port"));
        Assert.Equal(SettingOrigin.Default, configuration.OriginOf("tsp.tracker.name"));
    }

    [Fact]
    public void The_environment_overrides_the_file()
    {
        _bench.WriteFile("tsp.tracker.port = 1111");
        _bench.Environment["TSP__TRACKER__PORT"] = "2222";
        var configuration = _bench.Load();
        Assert.Equal(2222, new SettingsReader(configuration).Port("tsp.tracker.port"));
        Assert.Equal(2222, configuration.Config.GetInt("tsp.tracker.port"));
        Assert.Equal("environment TSP__TRACKER__PORT", configuration.OriginOf("tsp.tracker.port").ToString());
    }

    [Fact]
    public void The_command_line_overrides_everything()
    {
        _bench.WriteFile("tsp.tracker.port = 1111");
        _bench.Environment["TSP__TRACKER__PORT"] = "2222";
        _bench.CommandLine.Add(CommandLineSetting.One("tsp.tracker.port", "3333", "--port"));
        var configuration = _bench.Load();
        Assert.Equal(3333, new SettingsReader(configuration).Port("tsp.tracker.port"));
        Assert.Equal(3333, configuration.Config.GetInt("tsp.tracker.port"));
        Assert.Equal("command line --port", configuration.OriginOf("tsp.tracker.port").ToString());
    }

    [Fact]
    public void A_list_replaces_the_whole_list_of_a_lower_source()
    {
        _bench.WriteFile("tsp.tracker.words = [a, b, c]");
        _bench.Environment["TSP__TRACKER__WORDS__0"] = "d";
        Assert.Equal(["d"], _bench.Read().TextList("tsp.tracker.words"));
        _bench.CommandLine.Add(CommandLineSetting.List("tsp.tracker.words", ["e", "f"], "--word"));
        Assert.Equal(["e", "f"], _bench.Read().TextList("tsp.tracker.words"));
        Assert.Equal(["e", "f"], _bench.Load().Config.GetStringList("tsp.tracker.words"));
    }

    [Fact]
    public void An_empty_list_in_the_file_clears_the_default()
    {
        _bench.WriteFile("tsp.tracker.words = []");
        Assert.Empty(_bench.Read().TextList("tsp.tracker.words"));
        Assert.Empty(_bench.Load().Config.GetStringList("tsp.tracker.words"));
    }

    [Fact]
    public void Akka_settings_follow_the_same_precedence()
    {
        _bench.WriteFile("akka { loglevel = DEBUG, actor.provider = remote, remote.dot-netty.tcp.port = 1 }");
        _bench.Environment["AKKA__REMOTE__DOT_NETTY__TCP__PORT"] = "9999";
        _bench.Environment["AKKA__CLUSTER__SEED_NODES__0"] = "akka.tcp://tsp@a:1";
        _bench.Environment["AKKA__CLUSTER__SEED_NODES__1"] = "akka.tcp://tsp@b:1";
        _bench.Environment["AKKA__ACTOR__SERIALIZE_MESSAGES"] = "True";
        _bench.CommandLine.Add(CommandLineSetting.One("akka.actor.provider", "cluster", "--cluster-port"));
        var config = _bench.Load().Config;
        Assert.Equal("DEBUG", config.GetString("akka.loglevel"));
        Assert.Equal(9999, config.GetInt("akka.remote.dot-netty.tcp.port"));
        Assert.Equal(["akka.tcp://tsp@a:1", "akka.tcp://tsp@b:1"], config.GetStringList("akka.cluster.seed-nodes"));
        Assert.True(config.GetBoolean("akka.actor.serialize-messages"));
        Assert.Equal("cluster", config.GetString("akka.actor.provider"));
    }

    [Fact]
    public void A_command_line_key_that_the_program_does_not_define_is_a_bug_and_throws()
    {
        _bench.CommandLine.Add(CommandLineSetting.One("tsp.tracker.prot", "1", "--port"));
        Assert.Throws<ArgumentException>(_bench.Load);
    }

    [Theory]
    [InlineData("tsp.tracker { a = 1")]
    [InlineData("tsp.peer.a = 1")]
    [InlineData("tsp.tracker.CamelCase = 1")]
    [InlineData("tsp.tracker.a = [[1]]")]
    [InlineData("akka.loglevel = INFO")]
    public void An_invalid_reference_configuration_is_a_bug_and_throws(string reference) =>
        Assert.Throws<ArgumentException>(() => ProgramConfiguration.Load(_bench.Request with { Reference = reference, SecretKeys = [] }));

    [Fact]
    public void A_secret_key_that_the_program_does_not_define_is_a_bug_and_throws() =>
        Assert.Throws<ArgumentException>(() => ProgramConfiguration.Load(_bench.Request with { SecretKeys = ["tsp.tracker.acess-key"] }));

    [Fact]
    public void An_assembly_without_a_reference_configuration_is_a_bug_and_throws() =>
        Assert.Throws<ArgumentException>(() => LoadRequest.EmbeddedReference(typeof(string).Assembly));

    [Fact]
    public void ProcessEnvironment_returns_the_variables_of_this_process() =>
        Assert.Equal(Environment.GetEnvironmentVariable("PATH"), LoadRequest.ProcessEnvironment()["PATH"]);
}
