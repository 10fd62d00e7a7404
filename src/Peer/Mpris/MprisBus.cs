using Tmds.DBus.Protocol;

namespace TspActors.Peer.Mpris;

/// <summary>A connection to the session bus, under the name of a media player.</summary>
internal sealed class MprisBus : IDisposable
{
    /// <summary>The name of the first player in a session.</summary>
    public const string Name = "org.mpris.MediaPlayer2.tsp_peer";

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(2);

    private readonly DBusConnection _connection;

    private MprisBus(DBusConnection connection) => _connection = connection;

    /// <summary>The address of the session bus; null if there is none.</summary>
    public static string? Address
    {
        get
        {
            if (Environment.GetEnvironmentVariable("DBUS_SESSION_BUS_ADDRESS") is { Length: > 0 } address)
                return address;
            return Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR") is { Length: > 0 } folder
                && Path.Combine(folder, "bus") is var path && File.Exists(path)
                ? $"unix:path={path}"
                : null;
        }
    }

    /// <summary>Completes when the connection has closed, with the reason if there is one.</summary>
    public Task<Exception?> Ended => _connection.DisconnectedAsync();

    /// <summary>Connects, and registers the player on the bus. Each step may take up to two seconds.</summary>
    /// <param name="address">The address of the bus.</param>
    /// <param name="player">The object that answers calls.</param>
    public static async Task<MprisBus> ConnectAsync(string address, IPathMethodHandler player)
    {
        var connection = new DBusConnection(new DBusConnectionOptions(address) { AutoConnect = false });
        try
        {
            await connection.ConnectAsync().AsTask().WaitAsync(Deadline).ConfigureAwait(false);
            connection.AddMethodHandler(player);
            if (!await connection.TryRequestNameAsync(Name, RequestNameOptions.None).WaitAsync(Deadline).ConfigureAwait(false))
            {
                await connection.RequestNameAsync($"{Name}.instance{Environment.ProcessId}", RequestNameOptions.None)
                    .WaitAsync(Deadline).ConfigureAwait(false);
            }

            return new MprisBus(connection);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Announces that properties have new values.</summary>
    /// <returns>False if the connection has closed.</returns>
    public bool TrySendChanges(IReadOnlyList<KeyValuePair<string, object>> changes)
    {
        var writer = _connection.GetMessageWriter();
        try
        {
            writer.WriteSignalHeader(null, MprisObject.ObjectPath, MprisInterfaces.Properties, "PropertiesChanged", "sa{sv}as");
            writer.WriteString(MprisInterfaces.Player);
            MprisWriter.WriteProperties(ref writer, changes);
            writer.WriteArray(Array.Empty<string>());
            return _connection.TrySendMessage(writer.CreateMessage());
        }
        finally
        {
            writer.Dispose();
        }
    }

    /// <summary>Announces that the position has jumped.</summary>
    /// <returns>False if the connection has closed.</returns>
    public bool TrySendSeeked(TimeSpan position)
    {
        using var writer = _connection.GetMessageWriter();
        writer.WriteSignalHeader(null, MprisObject.ObjectPath, MprisInterfaces.Player, "Seeked", "x");
        writer.WriteInt64(MprisOrders.Microseconds(position));
        return _connection.TrySendMessage(writer.CreateMessage());
    }

    /// <summary>Completes when the bus has read everything that was sent.</summary>
    public Task FlushAsync()
    {
        using var writer = _connection.GetMessageWriter();
        writer.WriteMethodCallHeader(
            "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "GetId");
        return _connection.CallMethodAsync(writer.CreateMessage());
    }

    public void Dispose() => _connection.Dispose();
}
