namespace TspActors.Gateway.Security;

/// <summary>A phone, a player or a browser, with its device key.</summary>
/// <param name="Id">The stable id.</param>
/// <param name="Name">The name that its owner gave it.</param>
/// <param name="Key">The device key: 32 letters and digits.</param>
/// <param name="Created">When it was added.</param>
/// <param name="LastUsed">When the device key was last used, to the hour; null = never.</param>
/// <param name="LastClient">The program that last used the device key; empty = unknown.</param>
public sealed record Device(string Id, string Name, string Key, DateTimeOffset Created, DateTimeOffset? LastUsed = null, string LastClient = "");

/// <summary>Thrown when a device cannot be added or removed. The message is for the user.</summary>
public sealed class DeviceException(string message) : IOException(message);
