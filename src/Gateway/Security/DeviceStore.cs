using System.Security.Cryptography;
using System.Text.Json;
using TspActors.Gateway.Library;
using TspActors.Media.Library;

namespace TspActors.Gateway.Security;

/// <summary>The devices, in the file devices.json. The command line may change the file while the gateway is running.
/// Thread-safe.</summary>
public sealed class DeviceStore
{
    /// <summary>The name of the file in the peer's data folder.</summary>
    public const string FileName = "devices.json";

    private const int KeyBytes = 20;
    private const int MaxNameLength = 64;

    private static readonly JsonSerializerOptions Format = new() { WriteIndented = true };

    private readonly Lock _lock = new();
    private readonly string _path;
    private readonly int _max;
    private readonly TimeProvider _time;
    private List<Device> _devices = [];
    private (DateTime Written, long Length) _stamp;

    /// <param name="dataFolder">The peer's data folder.</param>
    /// <param name="max">The maximum number of devices.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="DeviceException">The file is damaged.</exception>
    public DeviceStore(string dataFolder, int max, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(time);
        (_path, _max, _time) = (Path.Combine(dataFolder, FileName), max, time);
        _ = Devices;
    }

    /// <summary>All devices, in the order in which they were added.</summary>
    public IReadOnlyList<Device> Devices
    {
        get
        {
            lock (_lock)
            {
                Reload();
                return _devices;
            }
        }
    }

    /// <summary>Adds a device with a new key.</summary>
    /// <exception cref="DeviceException">The name is invalid or taken, or there are too many devices.</exception>
    public Device Add(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        name = name.Trim();
        if (name.Length is 0 or > MaxNameLength || ShownText.Clean(name) != name)
            throw new DeviceException($"a device name must have 1 to {MaxNameLength} visible characters");
        lock (_lock)
        {
            Reload();
            if (_devices.Any(device => string.Equals(device.Name, name, StringComparison.OrdinalIgnoreCase)))
                throw new DeviceException($"a device named \"{name}\" already exists; choose another name, or remove that device first");
            if (_devices.Count >= _max)
                throw new DeviceException($"there are already {_devices.Count} devices (tsp.peer.http.limits.max-devices)");
            var device = new Device(
                Base32.Encode(RandomNumberGenerator.GetBytes(5)), name, Base32.Encode(RandomNumberGenerator.GetBytes(KeyBytes)),
                _time.GetUtcNow());
            Save([.. _devices, device]);
            return device;
        }
    }

    /// <summary>Removes the device with this name or id.</summary>
    /// <returns>The removed device; null if there is none.</returns>
    public Device? Remove(string nameOrId)
    {
        lock (_lock)
        {
            Reload();
            var device = _devices.FirstOrDefault(known => string.Equals(known.Name, nameOrId, StringComparison.OrdinalIgnoreCase))
                ?? _devices.FirstOrDefault(known => known.Id == nameOrId);
            if (device is not null)
                Save([.. _devices.Where(known => known != device)]);
            return device;
        }
    }

    /// <summary>Records that a device was used. The time is written at most once an hour, unless the client has changed.</summary>
    public void Used(Device device, string client)
    {
        ArgumentNullException.ThrowIfNull(device);
        var now = _time.GetUtcNow();
        client = ShownText.Clean(client);
        lock (_lock)
        {
            Reload();
            if (_devices.FirstOrDefault(known => known.Id == device.Id) is not { } known
                || (now - known.LastUsed < TimeSpan.FromHours(1) && (client.Length == 0 || client == known.LastClient)))
                return;
            var used = known with { LastUsed = now, LastClient = client.Length == 0 ? known.LastClient : client };
            try
            {
                Save([.. _devices.Select(other => other == known ? used : other)]);
            }
            catch (DeviceException)
            {
                // The time of the last use is only informational, so a full disk must not lock anyone out.
                _devices = [.. _devices.Select(other => other == known ? used : other)];
            }
        }
    }

    private void Reload()
    {
        var file = new FileInfo(_path);
        var stamp = file.Exists ? (file.LastWriteTimeUtc, file.Length) : default;
        if (stamp == _stamp)
            return;
        try
        {
            _devices = file.Exists ? JsonSerializer.Deserialize<List<Device>>(File.ReadAllText(_path)) ?? [] : [];
            _stamp = stamp;
        }
        catch (Exception error) when (error is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new DeviceException($"cannot read {_path}: {error.Message}; repair it, or remove it and add the devices again");
        }
    }

    private void Save(List<Device> devices)
    {
        try
        {
            PrivateFile.CreateFolder(Path.GetDirectoryName(_path)!);
            PrivateFile.Replace(_path, JsonSerializer.Serialize(devices, Format));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new DeviceException($"cannot write {_path}: {error.Message}");
        }

        var file = new FileInfo(_path);
        (_devices, _stamp) = (devices, (file.LastWriteTimeUtc, file.Length));
    }
}
