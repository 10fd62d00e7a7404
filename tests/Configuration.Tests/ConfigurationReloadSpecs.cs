using TspActors.Configuration.Hosting;

namespace TspActors.Configuration.Tests;

/// <summary>Checks which settings take effect when the configuration is reloaded, and what is reported to the operator.</summary>
public sealed class ConfigurationReloadSpecs : IDisposable
{
    private readonly Workbench _bench = new();
    private readonly List<string> _told = [];
    private readonly List<int> _ports = [];

    public void Dispose() => _bench.Dispose();

    [Fact]
    public void A_live_setting_takes_effect_immediately_and_any_other_setting_after_a_restart()
    {
        using var reload = Start();
        _bench.WriteFile("tsp.tracker { port = 7171, name = other }");

        reload.Reload();

        Assert.Equal([7171], _ports);
        Assert.Equal(
            [
                "the configuration was reloaded; now in effect: tsp.tracker.port",
                "the configuration was reloaded; these settings take effect after a restart: tsp.tracker.name",
            ],
            _told);
    }

    [Fact]
    public void A_change_that_has_taken_effect_is_not_reported_again_but_one_that_needs_a_restart_is()
    {
        using var reload = Start();
        _bench.WriteFile("tsp.tracker { port = 7171, name = other }");
        reload.Reload();
        _told.Clear();

        reload.Reload();

        Assert.Equal(["the configuration was reloaded; these settings take effect after a restart: tsp.tracker.name"], _told);
    }

    [Fact]
    public void Nothing_changes_while_the_configuration_has_errors()
    {
        using var reload = Start();
        _bench.WriteFile("tsp.tracker { port = many, name = other }");
        reload.Reload();
        _bench.WriteFile("tsp.tracker { prot = 1 }");
        reload.Reload();

        Assert.Empty(_ports);
        Assert.Equal(2, _told.Count(line => line.Contains("the previous one remains in effect", StringComparison.Ordinal)));
        Assert.Contains(_told, line => line.StartsWith("error: ", StringComparison.Ordinal) && line.Contains("many", StringComparison.Ordinal));
        Assert.Contains(_told, line => line.Contains("prot", StringComparison.Ordinal));

        _told.Clear();
        _bench.WriteFile("");
        reload.Reload();
        Assert.Equal(["the configuration was reloaded; nothing has changed"], _told);
    }

    private ConfigurationReload Start() => new(
        _bench.Load(), _bench.Load, key => key == "tsp.tracker.port",
        configuration =>
        {
            var reader = new SettingsReader(configuration);
            var port = reader.Int("tsp.tracker.port", 0, 65535);
            reader.ThrowIfAny();
            _ports.Add(port);
        },
        _told.Add);
}
