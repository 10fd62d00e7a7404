using System.Globalization;
using System.Net;
using System.Text.Json;
using TspActors.Configuration;
using TspActors.Configuration.Hosting;
using TspActors.Gateway;
using TspActors.Gateway.Security;
using TspActors.Peer.Terminal;

namespace TspActors.Peer.Commands;

/// <summary>
/// The device command, which manages the keys of the phones, players and browsers that use the gateway. It also works while the peer is
/// running.
/// </summary>
internal static class DeviceCommand
{
    /// <summary>Adds a device and prints its key, which is never shown again.</summary>
    public static int Add(CommandContext run, string name, bool json)
    {
        var device = Store(run).Add(name);
        var url = Url(run.Settings.Http);
        var login = $"{url}/#key={device.Key}";
        if (json)
            Console.Out.WriteLine(JsonSerializer.Serialize(
                new { name = device.Name, server = url, user = run.Settings.Http.User, password = device.Key, login }));
        else
            Print(device.Name, url, run.Settings.Http.User, device.Key, login);
        if (!run.Settings.Http.Enabled)
            Console.Error.WriteLine("note: the gateway is off; start the peer with --http, or set tsp.peer.http.enabled to on");
        return ProgramRun.Done;
    }

    /// <summary>Lists the devices, without their keys.</summary>
    public static int List(CommandContext run, bool json)
    {
        var devices = Store(run).Devices;
        if (json)
        {
            var items = devices.Select(device => new
            {
                id = device.Id,
                name = device.Name,
                created = Time(device.Created),
                lastUsed = device.LastUsed is { } used ? Time(used) : null,
                lastClient = device.LastClient,
            });
            Console.Out.WriteLine(JsonSerializer.Serialize(items));
            return ProgramRun.Done;
        }

        foreach (var device in devices)
        {
            var used = device.LastUsed is { } at ? $"last used {Time(at)}{(device.LastClient.Length > 0 ? $" by {device.LastClient}" : "")}" : "never used";
            Console.Out.WriteLine(SafeText.Clean($"{device.Name}  added {Time(device.Created)}, {used}"));
        }

        if (devices.Count == 0)
            Console.Error.WriteLine("no device has a key yet; add one with: device add NAME");
        return ProgramRun.Done;
    }

    /// <summary>Removes a device. Its key and its sessions stop working.</summary>
    public static int Remove(CommandContext run, string name) => Store(run).Remove(name) is { } device
        ? Done($"removed {device.Name}")
        : ProgramRun.Fail($"there is no device named \"{SafeText.Clean(name)}\"; use 'device list' to see all devices");

    private static void Print(string name, string server, string user, string password, string login)
    {
        Console.Out.WriteLine($"""
            device    {name}
            server    {server}
            user      {user}
            password  {password}

            Enter these in the player, or scan this code to open the web page:
            """);
        Console.Out.Write(QrCode.ToText(login));
    }

    private static int Done(string text)
    {
        Console.Out.WriteLine(SafeText.Clean(text));
        return ProgramRun.Done;
    }

    private static DeviceStore Store(CommandContext run)
    {
        if (run.Settings.DataFolder.Length == 0)
            throw new DeviceException("there is no home folder to keep the devices in; choose a folder with --data");
        return new DeviceStore(run.Settings.DataFolder, run.Settings.Http.Limits.MaxDevices, TimeProvider.System);
    }

    private static string Url(GatewaySettings settings)
    {
        if (settings.PublicUrl.Length > 0)
            return settings.PublicUrl;
        var address = settings.Endpoint.Address;
        var host = address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any) ? Environment.MachineName : address.ToString();
        return $"{(settings.Certificate is null ? "http" : "https")}://{HostPort.Format(host, settings.Endpoint.Port)}{settings.BasePath}";
    }

    private static string Time(DateTimeOffset time) => time.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
