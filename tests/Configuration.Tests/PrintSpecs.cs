namespace TspActors.Configuration.Tests;

/// <summary>Checks the output of --print-config.</summary>
public sealed class PrintSpecs : IDisposable
{
    private readonly Workbench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public void Every_setting_is_shown_in_order_with_its_source_and_secrets_are_hidden()
    {
        _bench.WriteFile("tsp.tracker {\n  words = [\"a b\", \"\"]\n  access-key = hush\n}\nakka.loglevel = DEBUG\n");
        _bench.Environment["TSP__TRACKER__CLUSTER__PORT"] = "99";
        _bench.CommandLine.Add(CommandLineSetting.One("tsp.tracker.name", "my \"tracker\"\n", "--name"));
        Assert.Equal(
            $$"""
            # The tracker's effective settings, and where each one comes from.
            tsp.tracker {
              # file {{_bench.DefaultFile}}, line 3
              access-key = "********"
              # default
              access-key-file = ""
              # default
              anonymous-requests = on
              # default
              heartbeat-interval = 10s
              # default
              host = 0.0.0.0
              # default
              max-frame = 1MiB
              # default
              mode = plain
              # command line --name
              name = "my \"tracker\"\u000a"
              # default
              peers = []
              # default
              port = 7070
              # default
              upstream = "localhost:7070"
              # file {{_bench.DefaultFile}}, line 2
              words = ["a b", ""]
              cluster {
                # environment TSP__TRACKER__CLUSTER__PORT
                port = 99
                # default
                seed-nodes = []
              }
            }

            """,
            _bench.Load().Print());
    }

    [Fact]
    public void A_secret_that_is_not_set_is_shown_as_empty() => Assert.Contains("access-key = \"\"\n", _bench.Load().Print());

    [Fact]
    public void A_file_name_with_a_line_break_cannot_escape_from_its_comment()
    {
        _bench.ConfigFile = "x\nport = 1\n#.conf";
        Workbench.Write(Path.Combine(_bench.WorkingDirectory, _bench.ConfigFile), "tsp.tracker.port = 2");
        Assert.DoesNotContain("\nport = 1", _bench.Load().Print());
    }
}
