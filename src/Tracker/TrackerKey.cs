using TspActors.Configuration;
using TspActors.Configuration.Hosting;
using TspActors.Transport.Tls;

namespace TspActors.Tracker;

/// <summary>A tracker's TLS key: the key of the certificate in its settings, or else the tracker's own key.</summary>
/// <remarks>
/// Peers remember the key, so it must outlive the program even if the tracker has no data folder. All of a user's
/// trackers without a data folder share one key.
/// </remarks>
internal static class TrackerKey
{
    /// <summary>
    /// The folder for the key of trackers without a data folder: $XDG_DATA_HOME/tsp-tracker, or ~/.local/share/tsp-tracker; null = this
    /// user has no home folder.
    /// </summary>
    public static string? DefaultFolder
    {
        get
        {
            var data = Environment.GetEnvironmentVariable("XDG_DATA_HOME");
            if (string.IsNullOrEmpty(data))
                data = HomeFolder.Path is { } home ? Path.Combine(home, ".local", "share") : "";
            return data.Length == 0 ? null : Path.Combine(data, "tsp-tracker");
        }
    }

    /// <summary>Returns the tracker's identity. Creates a key if one is needed and none exists yet.</summary>
    /// <param name="settings">The tracker's settings.</param>
    /// <param name="warn">Receives a message if the key cannot be stored.</param>
    /// <exception cref="KeyFileException">The key in the data folder cannot be used.</exception>
    /// <exception cref="CertificateFileException">The certificate in the settings cannot be used.</exception>
    public static TlsIdentity Load(TrackerSettings settings, Action<string> warn)
    {
        if (settings.Tls.Certificate is not null)
            return settings.Tls.LoadIdentity();
        if (settings.DataFolder is { } folder)
            return KeyFile.LoadOrCreate(folder);
        if (settings.KeyFolder is not { } keyFolder)
        {
            if (DefaultFolder is null)
                warn(ForThisRun("this user has no home folder"));
            return TlsIdentity.CreateNew();
        }

        try
        {
            return KeyFile.LoadOrCreate(keyFolder);
        }
        catch (KeyFileException error)
        {
            warn(ForThisRun(error.Message));
            return TlsIdentity.CreateNew();
        }
    }

    /// <summary>Returns the folder that contains the key and the list of members.</summary>
    /// <exception cref="IOException">There is no such folder; the message says what to do.</exception>
    public static string FolderOf(TrackerSettings settings) => settings.DataFolder ?? settings.KeyFolder
        ?? throw new IOException("there is no folder for the tracker's key; choose one with --data");

    /// <summary>Returns the identity that the tracker uses at every start. Creates a key if one is needed and none exists yet.</summary>
    /// <exception cref="IOException">There is no folder for the key, or the key cannot be used; the message says why and what to
    /// do.</exception>
    public static TlsIdentity LoadKept(TrackerSettings settings) => settings.Tls.Certificate is null
        ? KeyFile.LoadOrCreate(FolderOf(settings))
        : settings.Tls.LoadIdentity();

    /// <summary>
    /// Returns the id of the key, and the command that verifies it. Creates a key if one is needed and none exists yet.
    /// </summary>
    /// <exception cref="IOException">There is no folder for the key, or the key cannot be used; the message says why and what to
    /// do.</exception>
    public static string Describe(TrackerSettings settings)
    {
        using var identity = LoadKept(settings);
        return settings.Tls.Certificate is { } certificate
            ? IdentityText.ForCertificate($"{identity.KeyId}", certificate, CertificateFile.IsPem(certificate))
            : IdentityText.For($"{identity.KeyId}", Path.Combine(FolderOf(settings), KeyFile.Name));
    }

    private static string ForThisRun(string why) =>
        $"the tracker's TLS key lasts for this run only ({why}). Peers that remember it will refuse this tracker after a restart; to keep the key, use --data";
}
