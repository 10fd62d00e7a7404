using System.Diagnostics;
using Akka.Actor;
using Tmds.DBus.Protocol;
using TspActors.Peer.Listening;
using TspActors.Peer.Mpris;
using TspActors.Peer.Tests.Material;
using TspActors.Shared;
using Xunit.Abstractions;

namespace TspActors.Peer.Tests.Mpris;

/// <summary>Checks the player on a real bus with a client that behaves badly.</summary>
public sealed class MprisBusSpecs(ITestOutputHelper output) : PeerSpec(output)
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    [NeedsFact("dbus-daemon:dbus")]
    public async Task A_flood_of_calls_reaches_the_player_one_at_a_time_and_the_excess_is_refused()
    {
        await using var bus = await TestBus.StartAsync();
        var player = new CountingPlayer();
        using var client = await ConnectAsync(bus, Sys.ActorOf(Props.Create(() => new CountingPlayerActor(player))));

        var answers = Enumerable.Range(0, 2_000).Select(_ => GetAsync(client, "PlaybackStatus")).ToList();
        await Task.WhenAll(answers.Select(answer => Task.WhenAny(answer))).WaitAsync(Deadline);

        Assert.All(answers.Where(answer => answer.IsFaulted), answer => Assert.EndsWith(
            "LimitsExceeded", Assert.IsType<DBusErrorReplyException>(answer.Exception!.InnerException).ErrorName, StringComparison.Ordinal));
        Assert.Contains(answers, answer => answer.IsCompletedSuccessfully);
        Assert.Equal("Playing", (await GetAsync(client, "PlaybackStatus")).GetString());
        // The actor itself asks once after it has connected.
        Assert.InRange(player.MostAtOnce, 1, 2);
    }

    [NeedsFact("dbus-daemon:dbus")]
    public async Task Calls_with_wrong_arguments_are_refused_and_the_connection_continues()
    {
        await using var bus = await TestBus.StartAsync();
        using var client = await ConnectAsync(bus, Sys.ActorOf(Props.Create(() => new CountingPlayerActor(new CountingPlayer()))));

        await RefusedAsync("InvalidArgs", CallAsync(client, MprisInterfaces.Player, "Seek", "s", "far"));
        await RefusedAsync("InvalidArgs", CallAsync(client, MprisInterfaces.Properties, "Get", "s", MprisInterfaces.Player));
        await RefusedAsync("UnknownMethod", CallAsync(client, MprisInterfaces.Player, "Dance", null, null));
        await RefusedAsync("UnknownMethod", CallAsync(client, "org.example", "Next", null, null));
        await RefusedAsync("NotSupported", CallAsync(client, MprisInterfaces.Player, "OpenUri", "s", "file:///etc/passwd"));
        await RefusedAsync("UnknownProperty", GetAsync(client, "Nothing"));

        Assert.Equal("Playing", (await GetAsync(client, "PlaybackStatus")).GetString());
    }

    [NeedsFact("dbus-daemon:dbus")]
    public async Task Text_from_another_peer_does_not_end_the_connection()
    {
        await using var bus = await TestBus.StartAsync();
        using var client = await ConnectAsync(bus, Sys.ActorOf(Props.Create(() => new CountingPlayerActor(new CountingPlayer()))));

        var metadata = (await GetAsync(client, "Metadata")).GetDictionary<string, VariantValue>();

        Assert.StartsWith("Lights", metadata["xesam:title"].GetString(), StringComparison.Ordinal);
        Assert.Equal("Playing", (await GetAsync(client, "PlaybackStatus")).GetString());
    }

    private async Task<DBusConnection> ConnectAsync(TestBus bus, IActorRef playback)
    {
        Sys.ActorOf(MprisActor.Props(bus.Address, playback, () => { }));
        var client = new DBusConnection(bus.Address);
        await client.ConnectAsync().AsTask().WaitAsync(Deadline);
        await AwaitAssertAsync(async () => Assert.Contains(MprisBus.Name, await client.ListServicesAsync()), Deadline);
        return client;
    }

    private static async Task RefusedAsync(string error, Task call)
    {
        var refused = await Assert.ThrowsAnyAsync<DBusErrorReplyException>(() => call.WaitAsync(Deadline));
        Assert.EndsWith(error, refused.ErrorName, StringComparison.Ordinal);
    }

    private static Task<VariantValue> GetAsync(DBusConnection client, string property)
    {
        using var writer = client.GetMessageWriter();
        writer.WriteMethodCallHeader(MprisBus.Name, MprisObject.ObjectPath, MprisInterfaces.Properties, "Get", "ss");
        writer.WriteString(MprisInterfaces.Player);
        writer.WriteString(property);
        return client.CallMethodAsync(
            writer.CreateMessage(), static (Message message, object? _) => message.GetBodyReader().ReadVariantValue());
    }

    private static Task CallAsync(DBusConnection client, string @interface, string method, string? signature, string? argument)
    {
        using var writer = client.GetMessageWriter();
        writer.WriteMethodCallHeader(MprisBus.Name, MprisObject.ObjectPath, @interface, method, signature);
        if (argument is not null)
            writer.WriteString(argument);
        return client.CallMethodAsync(writer.CreateMessage());
    }

    private sealed class CountingPlayer
    {
        public int Asked { get; set; }

        public int MostAtOnce { get; set; }
    }

    /// <summary>A player that checks its mailbox once more before it answers, so that it notices concurrent questions.</summary>
    private sealed class CountingPlayerActor(CountingPlayer counts) : UntypedActor
    {
        private readonly Queue<IActorRef> _asking = new();

        protected override void OnReceive(object message)
        {
            switch (message)
            {
                case GetPlayback:
                    counts.Asked++;
                    _asking.Enqueue(Sender);
                    counts.MostAtOnce = Math.Max(counts.MostAtOnce, _asking.Count);
                    Self.Tell("answer");
                    break;
                case "answer":
                    var song = MprisStateSpecs.Song();
                    song.Tags.Title = "Lights\0\ud800\n" + new string('x', 5_000);
                    _asking.Dequeue().Tell(MprisStateSpecs.Playing(song));
                    break;
            }
        }
    }

    /// <summary>A private bus for one test.</summary>
    private sealed class TestBus(Process daemon, string address) : IAsyncDisposable
    {
        public string Address => address;

        public static async Task<TestBus> StartAsync()
        {
            var daemon = Process.Start(new ProcessStartInfo("dbus-daemon", ["--session", "--print-address", "--nofork", "--nopidfile"])
            {
                RedirectStandardOutput = true,
            })!;
            return new TestBus(daemon, (await daemon.StandardOutput.ReadLineAsync().WaitAsync(Deadline))!);
        }

        public async ValueTask DisposeAsync()
        {
            daemon.Kill();
            await daemon.WaitForExitAsync();
            daemon.Dispose();
        }
    }
}
