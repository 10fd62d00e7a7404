using Akka.Actor;
using Akka.Event;
using Tmds.DBus.Protocol;
using TspActors.Peer.Listening;

namespace TspActors.Peer.Mpris;

/// <summary>The <c>/org/mpris/MediaPlayer2</c> object, which answers calls from desktops and from programs such as playerctl.</summary>
/// <remarks>
/// More calls can arrive while one is being answered. They are answered one at a time, and refused if too many are waiting. A program that
/// floods the bus therefore never has more than one message in the PlaybackActor's mailbox.
/// </remarks>
/// <param name="playback">The PlaybackActor.</param>
/// <param name="quit">Ends the program.</param>
/// <param name="log">The log.</param>
internal sealed class MprisObject(IActorRef playback, Action quit, ILoggingAdapter log) : IPathMethodHandler
{
    /// <summary>The path of the object.</summary>
    public const string ObjectPath = "/org/mpris/MediaPlayer2";

    private const int MaxCalls = 64;

    private const string Failed = "org.freedesktop.DBus.Error.Failed";

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(2);

    private static readonly IReadOnlyList<KeyValuePair<string, object>> Root =
    [
        new("CanQuit", true), new("CanRaise", false), new("HasTrackList", false), new("Identity", "TSP peer"),
        new("DesktopEntry", "tsp-peer"), new("SupportedUriSchemes", Array.Empty<string>()),
        new("SupportedMimeTypes", Array.Empty<string>()),
    ];

    private readonly SemaphoreSlim _turn = new(1);
    private int _calls;

    public string Path => ObjectPath;

    public bool HandlesChildPaths => false;

    public async ValueTask HandleMethodAsync(MethodContext context)
    {
        try
        {
            if (Interlocked.Increment(ref _calls) > MaxCalls)
                context.ReplyError("org.freedesktop.DBus.Error.LimitsExceeded", "too many calls are waiting");
            else if (context.IsDBusIntrospectRequest)
                context.ReplyIntrospectXml([MprisInterfaces.Xml], Array.Empty<string>());
            else
                await AnswerInTurnAsync(context, MprisCall.Read(context.Request)).ConfigureAwait(false);
        }
        catch (AskTimeoutException)
        {
            context.ReplyError(Failed, "the player did not reply in time");
        }
        catch (Exception error)
        {
            // Whatever a program sends, the connection and the music continue.
            log.Debug("a call from the session bus failed: {0}", error.Message);
            if (!context.ReplySent)
                context.ReplyError("org.freedesktop.DBus.Error.InvalidArgs", "the arguments are not valid");
        }
        finally
        {
            Interlocked.Decrement(ref _calls);
        }
    }

    private async Task AnswerInTurnAsync(MethodContext context, MprisCall call)
    {
        await _turn.WaitAsync().ConfigureAwait(false);
        try
        {
            await AnswerAsync(context, call).ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task AnswerAsync(MethodContext context, MprisCall call)
    {
        switch (call)
        {
            case { Interface: MprisInterfaces.Properties, Member: "GetAll" }:
                Reply(context, "a{sv}", await PropertiesAsync(call.Text).ConfigureAwait(false));
                break;
            case { Interface: MprisInterfaces.Properties, Member: "Get" }:
                var found = (await PropertiesAsync(call.Text).ConfigureAwait(false)).FirstOrDefault(each => each.Key == call.Property);
                if (found.Key is null)
                    context.ReplyError("org.freedesktop.DBus.Error.UnknownProperty", "there is no such property");
                else
                    Reply(context, "v", found.Value);
                break;
            case { Interface: MprisInterfaces.Properties, Member: "Set", Text: MprisInterfaces.Player, Value: { } value }
                when MprisOrders.ForProperty(call.Property, value) is { } orders:
                await SendAsync(orders).ConfigureAwait(false);
                break;
            case { Interface: MprisInterfaces.Properties, Member: "Set" }:
                context.ReplyError("org.freedesktop.DBus.Error.PropertyReadOnly", "the property cannot be set to this value");
                break;
            case { Interface: MprisInterfaces.Root, Member: "Quit" }:
                quit();
                break;
            case { Interface: MprisInterfaces.Root, Member: "Raise" }:
                break;
            case { Interface: MprisInterfaces.Player, Member: "Seek" }:
                await SendAsync(MprisOrders.Seek(call.Time, await StatusAsync().ConfigureAwait(false))).ConfigureAwait(false);
                break;
            case { Interface: MprisInterfaces.Player, Member: "SetPosition" }:
                await SendAsync(
                    MprisOrders.SetPosition(call.Text, call.Time, await StatusAsync().ConfigureAwait(false))).ConfigureAwait(false);
                break;
            case { Interface: MprisInterfaces.Player, Member: "OpenUri" }:
                context.ReplyError("org.freedesktop.DBus.Error.NotSupported", "this player does not open addresses");
                break;
            case { Interface: MprisInterfaces.Player }
                when MprisOrders.ForMethod(call.Member, await StatusAsync().ConfigureAwait(false)) is { } orders:
                await SendAsync(orders).ConfigureAwait(false);
                break;
            default:
                context.ReplyUnknownMethodError();
                break;
        }

        if (!context.ReplySent && !context.NoReplyExpected)
            ReplyEmpty(context);
    }

    private async Task<IReadOnlyList<KeyValuePair<string, object>>> PropertiesAsync(string @interface)
    {
        if (@interface == MprisInterfaces.Root)
            return Root;
        if (@interface != MprisInterfaces.Player)
            return [];
        var status = await StatusAsync().ConfigureAwait(false);
        return [.. MprisState.From(status).Properties(), new("Position", MprisOrders.Microseconds(status.Position))];
    }

    private Task<PlaybackStatus> StatusAsync() => playback.Ask<PlaybackStatus>(GetPlayback.Instance, Deadline);

    // A refusal is not an error here: a media key that cannot do anything at the moment simply has no effect.
    private async Task SendAsync(IReadOnlyList<object> orders)
    {
        foreach (var order in orders)
            await playback.Ask(order, Deadline).ConfigureAwait(false);
    }

    private static void ReplyEmpty(MethodContext context)
    {
        using var writer = context.CreateReplyWriter(null!);
        context.Reply(writer.CreateMessage());
    }

    private static void Reply(MethodContext context, string signature, object value)
    {
        var writer = context.CreateReplyWriter(signature);
        try
        {
            if (signature == "v")
                MprisWriter.WriteVariant(ref writer, value);
            else
                MprisWriter.WriteProperties(ref writer, (IEnumerable<KeyValuePair<string, object>>)value);
            context.Reply(writer.CreateMessage());
        }
        finally
        {
            writer.Dispose();
        }
    }
}
