using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace TspActors.Transport.Tls;

/// <summary>Thrown when the file with this program's key cannot be used. The message says why, and what to do.</summary>
public sealed class KeyFileException(string message, Exception? cause = null) : IOException(message, cause);

/// <summary>The file that contains this program's key: P-256, PKCS#8, PEM, readable by its owner only.</summary>
public static partial class KeyFile
{
    /// <summary>The name of the file in a program's data folder.</summary>
    public const string Name = "key.pem";

    // A P-256 key is about 250 bytes long. The rest leaves room for comments.
    private const int MaxBytes = 64 * 1024;
    private const string P256 = "1.2.840.10045.3.1.7";
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode Others =
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    /// <summary>Returns the identity whose key is stored in a folder. Creates the key and the folder if they do not exist yet.</summary>
    /// <exception cref="KeyFileException">The file cannot be read or written, other users can read it, it contains no P-256 key, or no key
    /// can be created.</exception>
    public static TlsIdentity LoadOrCreate(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        var path = Path.Combine(folder, Name);
        try
        {
            if (!File.Exists(path))
                Create(folder, path);
            return Load(path);
        }
        catch (Exception cause) when (cause is (IOException and not KeyFileException) or UnauthorizedAccessException)
        {
            throw new KeyFileException($"the key in {path} cannot be read or written: {cause.Message}", cause);
        }
    }

    /// <summary>Creates a key. The caller disposes of it.</summary>
    /// <exception cref="KeyFileException">This system does not support P-256.</exception>
    internal static ECDsa NewKey()
    {
        try
        {
            return ECDsa.Create(ECCurve.NamedCurves.nistP256);
        }
        catch (CryptographicException cause)
        {
            throw new KeyFileException($"this system cannot create a P-256 key: {cause.Message}", cause);
        }
    }

    private static TlsIdentity Load(string path)
    {
        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & Others) != 0)
            throw new KeyFileException($"the key in {path} can be read by other users of this machine; run: chmod 600 {path}");
        if (new FileInfo(path).Length > MaxBytes)
            throw NotAKey(path);
        using var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(File.ReadAllText(path));
            // ImportFromPem also accepts a file with only a public key.
            if (key.ExportParameters(includePrivateParameters: true).Curve.Oid.Value != P256)
                throw NotAKey(path);
            return TlsIdentity.FromKey(key);
        }
        catch (Exception cause) when (cause is ArgumentException or CryptographicException)
        {
            throw NotAKey(path, cause);
        }
    }

    // The file appears complete or not at all. If two programs start at the same time, one of them creates the key and both use it.
    private static void Create(string folder, string path)
    {
        Directory.CreateDirectory(folder);
        var temporary = Path.Combine(folder, $"{Name}.{Guid.NewGuid():N}");
        try
        {
            using (var key = NewKey())
                Write(temporary, key.ExportPkcs8PrivateKeyPem() + "\n");
            MoveToNewName(temporary, path);
        }
        catch (IOException) when (File.Exists(path))
        {
            File.Delete(temporary);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    // On Unix, File.Move with overwrite: false checks whether the target exists, and then renames the file. The rename would replace a
    // target that another program created in between, and programs that have already loaded its key would then use a key that is in no
    // file. link(2) is atomic.
    private static void MoveToNewName(string path, string target)
    {
        if (OperatingSystem.IsWindows() || Link(path, target) != 0)
            // Either a file with this name exists, and File.Move fails as well, or the file system does not support hard links.
            File.Move(path, target, overwrite: false);
        else
            File.Delete(path);
    }

    [LibraryImport("libc", EntryPoint = "link", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Link(string existing, string path);

    private static void Write(string path, string text)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = OwnerOnly;
        using var file = new FileStream(path, options);
        FolderOwner.Give(file);
        using (var writer = new StreamWriter(file, leaveOpen: true))
            writer.Write(text);
        file.Flush(flushToDisk: true);
    }

    private static KeyFileException NotAKey(string path, Exception? cause = null) => new(
        $"{path} does not hold a private P-256 key; move it aside and a new one is created at the next start, but a new key means a new id",
        cause);
}
