using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.Json;
using TspActors.Gateway.Library;
using TspActors.Media.Library;
using TspActors.Transport;

namespace TspActors.Gateway.Security;

/// <summary>The devices, stored in the file devices.json. Commands may change the file while the gateway is running. Thread-safe.</summary>
public sealed class DeviceStore
{
    /// <summary>The name of the file in the peer's data folder.</summary>
    public const string FileName = "devices.json";

    private const int KeyBytes = 20;
    private const int KeyLength = 32;
    private const int MaxNameLength = 64;

    // Another process has locked the file: EWOULDBLOCK on Linux and on macOS, ERROR_SHARING_VIOLATION on Windows.
    private static readonly int[] SharingViolations = [11, 35, unchecked((int)0x80070020)];

    // A change holds the lock for a few milliseconds.
    private static readonly TimeSpan LockTimeout = TimeSpan.FromSeconds(3);
    // The minimum time between two writes of a device's use if the client has changed. Without it, two programs that share a key would
    // cause a write on every use.
    private static readonly TimeSpan ClientInterval = TimeSpan.FromMinutes(1);
    // The minimum time if the client has not changed.
    private static readonly TimeSpan UseInterval = TimeSpan.FromHours(1);

    private static readonly TimeSpan LockRetry = TimeSpan.FromMilliseconds(5);

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

    /// <summary>Adds a device with a new device key.</summary>
    /// <exception cref="DeviceException">The name is invalid or taken, or there are too many devices.</exception>
    public Device Add(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        name = name.Trim();
        if (name.Length is 0 or > MaxNameLength || ShownText.Clean(name) != name)
            throw new DeviceException($"a device name must have 1 to {MaxNameLength} visible characters");
        lock (_lock)
        {
            using var file = LockFile();
            Reload(always: true);
            if (_devices.Any(device => string.Equals(device.Name, name, StringComparison.OrdinalIgnoreCase)))
                throw new DeviceException($"a device named \"{name}\" already exists; choose another name, or remove that device first");
            if (_devices.Count >= _max)
                throw new DeviceException($"there can be at most {_max} devices; remove one, or raise tsp.peer.http.limits.max-devices");
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
            using var file = LockFile();
            Reload(always: true);
            var device = _devices.FirstOrDefault(known => string.Equals(known.Name, nameOrId, StringComparison.OrdinalIgnoreCase))
                ?? _devices.FirstOrDefault(known => known.Id == nameOrId);
            if (device is not null)
                Save([.. _devices.Where(known => known != device)]);
            return device;
        }
    }

    /// <summary>Records that a device was used. The time is written at most once an hour, or once a minute if the client
    /// has changed.</summary>
    public void RecordUse(Device device, string client)
    {
        ArgumentNullException.ThrowIfNull(device);
        var now = _time.GetUtcNow();
        client = ShownText.Clean(client);
        lock (_lock)
        {
            Reload();
            if (WithUse(device.Id, client, now) is null)
                return;
            try
            {
                using var file = LockFile();
                Reload(always: true);
                if (WithUse(device.Id, client, now) is { } used)
                    Save(used);
            }
            catch (DeviceException)
            {
                // The time of the last use is only informational, so a full disk must not lock anyone out.
                _devices = WithUse(device.Id, client, now) ?? _devices;
            }
        }
    }

    // Returns the devices with this use recorded; null if it need not be recorded.
    private List<Device>? WithUse(string id, string client, DateTimeOffset now)
    {
        if (_devices.FirstOrDefault(known => known.Id == id) is not { } known
            || now - known.LastUsed < (client.Length == 0 || client == known.LastClient ? UseInterval : ClientInterval))
            return null;
        var used = known with { LastUsed = now, LastClient = client.Length == 0 ? known.LastClient : client };
        return [.. _devices.Select(other => other == known ? used : other)];
    }

    // Commands and the running gateway read, change and replace the file. Without this lock, one process could undo a change that another
    // has just made.
    private FileStream LockFile()
    {
        var begin = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                PrivateFile.CreateFolder(Path.GetDirectoryName(_path)!);
                return FolderOwner.OpenOrCreate(
                    _path + ".lock", mode => PrivateFile.Open(_path + ".lock", mode, FileAccess.ReadWrite, FileShare.None));
            }
            catch (IOException error) when (SharingViolations.Contains(error.HResult) && Stopwatch.GetElapsedTime(begin) < LockTimeout)
            {
                Thread.Sleep(LockRetry);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                throw new DeviceException($"cannot change {_path}: {error.Message}");
            }
        }
    }

    // Two versions of the file can have the same time and length if both were written within one tick of the file system's clock. A change
    // must therefore always read the file first.
    private void Reload(bool always = false)
    {
        var file = new FileInfo(_path);
        var stamp = file.Exists ? (file.LastWriteTimeUtc, file.Length) : default;
        if (stamp == _stamp && !always)
            return;
        try
        {
            List<Device?> read = file.Exists ? JsonSerializer.Deserialize<List<Device?>>(File.ReadAllText(_path)) ?? [] : [];
            // An empty device key would let everyone in.
            if (read.FindIndex(device => device is not { Id.Length: > 0, Name.Length: > 0, Key.Length: KeyLength }) is >= 0 and var index)
                throw new JsonException($"entry {index + 1} has no id, no name, or no device key of {KeyLength} characters");
            _devices = [.. read.OfType<Device>().Select(device => device with { LastClient = device.LastClient ?? "" })];
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
            PrivateFile.Replace(_path, JsonSerializer.Serialize(devices, Format), FolderOwner.Give);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new DeviceException($"cannot write {_path}: {error.Message}");
        }

        var file = new FileInfo(_path);
        (_devices, _stamp) = (devices, (file.LastWriteTimeUtc, file.Length));
    }
}
