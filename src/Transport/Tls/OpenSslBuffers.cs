using System.Net.Security;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using System.Security.Cryptography;

namespace TspActors.Transport.Tls;

/// <summary>Makes OpenSSL release the buffers of an idle connection.</summary>
/// <remarks>
/// OpenSSL keeps a buffer for the largest record that it has written, and the two memory streams (BIO) between OpenSSL and SslStream keep
/// the size of the largest write: together up to 60 KiB for each listener. SslStream has no setting to change that.
/// <para>
/// Assumes that SslStream keeps OpenSSL's handle in its field <c>_securityContext</c>, and uses OpenSSL 3. All functions called here
/// are public in OpenSSL. If an assumption does not hold, nothing is released, and connections just use more memory.
/// </para>
/// </remarks>
internal static unsafe class OpenSslBuffers
{
    private const int SetMode = 33;
    private const int ReleaseMode = 0x10;
    private const int GetPending = 10;
    private const int SetMemory = 114;
    private const int CloseWithStream = 1;

    private static readonly FieldInfo? Handle =
        typeof(SslStream).GetField("_securityContext", BindingFlags.Instance | BindingFlags.NonPublic);

    private static readonly delegate* unmanaged<nint, int, nint, nint, nint> SslControl;
    private static readonly delegate* unmanaged<nint, nint> SslReadStream;
    private static readonly delegate* unmanaged<nint, nint> SslWriteStream;
    private static readonly delegate* unmanaged<nint, int, nint, nint, nint> StreamControl;
    private static readonly delegate* unmanaged<nint> NewMemory;

    static OpenSslBuffers()
    {
        if (Handle is null || !OperatingSystem.IsLinux() || !IsVersion3()
            || !NativeLibrary.TryLoad("libssl.so.3", out var ssl) || !NativeLibrary.TryLoad("libcrypto.so.3", out var crypto)
            || !NativeLibrary.TryGetExport(ssl, "SSL_ctrl", out var control)
            || !NativeLibrary.TryGetExport(ssl, "SSL_get_rbio", out var readStream)
            || !NativeLibrary.TryGetExport(ssl, "SSL_get_wbio", out var writeStream)
            || !NativeLibrary.TryGetExport(crypto, "BIO_ctrl", out var streamControl)
            || !NativeLibrary.TryGetExport(crypto, "BUF_MEM_new", out var newMemory))
            return;
        SslControl = (delegate* unmanaged<nint, int, nint, nint, nint>)control;
        SslReadStream = (delegate* unmanaged<nint, nint>)readStream;
        SslWriteStream = (delegate* unmanaged<nint, nint>)writeStream;
        StreamControl = (delegate* unmanaged<nint, int, nint, nint, nint>)streamControl;
        NewMemory = (delegate* unmanaged<nint>)newMemory;
        IsAvailable = true;
    }

    /// <summary>True if the buffers of connections can be released in this process.</summary>
    public static bool IsAvailable { get; }

    [UnsupportedOSPlatform("windows")]
    private static bool IsVersion3()
    {
        try
        {
            return SafeEvpPKeyHandle.OpenSslVersion >> 28 == 3;
        }
        catch (PlatformNotSupportedException)
        {
            return false;
        }
    }

    /// <summary>
    /// Releases the buffers now. No read or write may be running inside SslStream, but one may be waiting for its inner stream.
    /// </summary>
    /// <returns>False if they could not all be released.</returns>
    public static bool Release(SslStream stream)
    {
        if (!IsAvailable || Handle!.GetValue(stream) is not SafeHandle { IsInvalid: false } handle
            || handle.GetType().Name != "SafeSslHandle")
            return false;
        var isHeld = false;
        try
        {
            handle.DangerousAddRef(ref isHeld);
            var ssl = handle.DangerousGetHandle();
            SslControl(ssl, SetMode, ReleaseMode, 0);
            return Empty(SslReadStream(ssl)) & Empty(SslWriteStream(ssl));
        }
        catch (ObjectDisposedException)
        {
            return false;
        }
        finally
        {
            if (isHeld)
                handle.DangerousRelease();
        }
    }

    // Gives an empty memory stream a new, empty buffer. OpenSSL frees the old one.
    private static bool Empty(nint stream) =>
        stream != 0 && StreamControl(stream, GetPending, 0, 0) == 0 && NewMemory() is var memory and not 0
        && StreamControl(stream, SetMemory, CloseWithStream, memory) == 1;
}
