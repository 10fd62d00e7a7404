namespace TspActors.Configuration.Hosting;

/// <summary>The output of --print-identity: the id of the program's key, and the command that computes it from the key file.</summary>
public static class IdentityText
{
    /// <summary>Returns the text: two lines.</summary>
    /// <param name="keyId">The id of the key.</param>
    /// <param name="keyFile">The path of the key file.</param>
    public static string For(string keyId, string keyFile) =>
        $"{keyId}\nopenssl pkey -in {Quote(keyFile)} -pubout -outform der | sha256sum | head -c 32\n";

    /// <summary>Returns the same two lines for the key of a certificate.</summary>
    /// <param name="keyId">The id of the key.</param>
    /// <param name="file">The path of the file with the certificate.</param>
    /// <param name="isPem">True if the file is PEM, false if it is PKCS#12.</param>
    public static string ForCertificate(string keyId, string file, bool isPem)
    {
        var certificate = isPem ? $"openssl x509 -in {Quote(file)}" : $"openssl pkcs12 -in {Quote(file)} -nokeys -clcerts | openssl x509";
        return $"{keyId}\n{certificate} -pubkey -noout | openssl pkey -pubin -outform der | sha256sum | head -c 32\n";
    }

    // Quotes the path for a shell if necessary.
    private static string Quote(string path) =>
        path.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '/' or '.' or '_' or '-')
            ? path
            : $"'{path.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
