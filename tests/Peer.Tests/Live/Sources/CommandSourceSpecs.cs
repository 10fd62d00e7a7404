using System.Diagnostics;
using System.Globalization;
using System.Text;
using Akka.Actor;
using Akka.TestKit;
using TspActors.Peer.Live.Sources;
using TspActors.Peer.Tests.Material;
using TspActors.Shared;
using Xunit.Abstractions;

namespace TspActors.Peer.Tests.Live.Sources;

/// <summary>Checks the source that runs a command. A probe acts as the feed.</summary>
public sealed class CommandSourceSpecs : PeerSpec
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);
    private readonly TestProbe _feed;

    public CommandSourceSpecs(ITestOutputHelper output)
        : base(output) => _feed = CreateTestProbe();

    [Fact]
    public void The_output_of_a_pipeline_reaches_the_feed_and_the_command_is_restarted()
    {
        var source = Run("printf 'a b' | tr a c");

        for (var run = 0; run < 2; run++)
        {
            _feed.ExpectMsg<OpenSource>(Deadline);
            source.Tell(SourceAccepted.Instance);
            Assert.Equal("c b", ExpectText());
            source.Tell(SourceTaken.Instance);
            _feed.ExpectMsg<SourceClosed>(Deadline);
        }
    }

    [Fact]
    public void The_reason_why_a_command_failed_is_logged() =>
        EventFilter.Warning(contains: "(exit code 3: no such device); it will be restarted in 1 s").ExpectOne(
            Deadline, () => Run("echo first >&2; echo 'no such device' >&2; exit 3"));

    [Fact]
    public void An_unknown_command_is_logged() =>
        EventFilter.Warning(contains: "not found").ExpectOne(Deadline, () => Run("no-such-command-here"));

    [Fact]
    public void A_command_that_writes_nothing_does_not_open_the_feed()
    {
        Run("sleep 100");

        _feed.ExpectNoMsg(Soon);
    }

    [Fact]
    public async Task A_command_ends_with_all_its_processes_when_the_source_stops()
    {
        var source = Run("sleep 1000 & echo $!; sleep 1000");
        _feed.ExpectMsg<OpenSource>(Deadline);
        source.Tell(SourceAccepted.Instance);
        var process = int.Parse(ExpectText(), CultureInfo.InvariantCulture);
        Assert.True(IsRunning(process));

        source.Tell(new DropSource("enough"));

        await AwaitConditionAsync(() => Task.FromResult(!IsRunning(process)), Deadline);
    }

    [Fact]
    public void The_command_does_not_read_the_standard_input_of_the_peer()
    {
        var source = Run("cat; echo end");
        _feed.ExpectMsg<OpenSource>(Deadline);
        source.Tell(SourceAccepted.Instance);

        Assert.Equal("end\n", ExpectText());
    }

    [Fact]
    public void The_settings_of_the_peer_are_not_in_the_environment_of_the_command()
    {
        Environment.SetEnvironmentVariable("TSP__SECRET_OF_A_TEST", "hush");
        try
        {
            var source = Run("echo ${TSP__SECRET_OF_A_TEST-none}");
            _feed.ExpectMsg<OpenSource>(Deadline);
            source.Tell(SourceAccepted.Instance);
            Assert.Equal("none\n", ExpectText());
        }
        finally
        {
            Environment.SetEnvironmentVariable("TSP__SECRET_OF_A_TEST", null);
        }
    }

    [Fact]
    public void The_wait_doubles_up_to_30_s_and_is_short_again_after_a_long_run()
    {
        var clock = new ManualClock();
        var delay = new RestartDelay(clock);

        Assert.Equal([1, 2, 4, 8, 16, 30, 30], Enumerable.Range(0, 7).Select(_ => Next(TimeSpan.Zero)));
        Assert.Equal(30, Next(TimeSpan.FromSeconds(29)));
        Assert.Equal(1, Next(TimeSpan.FromSeconds(30)));
        Assert.Equal(2, Next(TimeSpan.Zero));

        double Next(TimeSpan run)
        {
            delay.Start();
            clock.Advance(run);
            return delay.Next().TotalSeconds;
        }
    }

    private IActorRef Run(string command) => _feed.ChildActorOf(CommandSourceActor.Props(command));

    private string ExpectText() => Encoding.ASCII.GetString(_feed.ExpectMsg<SourceBytes>(Deadline).Bytes.Span);

    // A process that has ended stays in the process table until its parent, here init, has read its exit status.
    private static bool IsRunning(int process)
    {
        try
        {
            using var found = Process.GetProcessById(process);
            return !found.HasExited && !File.ReadAllText($"/proc/{process}/stat").Contains(") Z ", StringComparison.Ordinal);
        }
        catch (Exception error) when (error is ArgumentException or IOException)
        {
            return false;
        }
    }
}
