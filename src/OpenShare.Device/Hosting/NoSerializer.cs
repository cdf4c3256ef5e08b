using Akka.Actor;
using Akka.Serialization;

namespace OpenShare.Device.Hosting;

/// <summary>In the place of Akka's serializer of all objects, which would be loaded with its library and never used: no message of an agent leaves its process.</summary>
public sealed class NoSerializer(ExtendedActorSystem system) : Serializer(system)
{
    public override int Identifier => 17454;

    public override bool IncludeManifest => false;

    public override byte[] ToBinary(object obj) => throw new NotSupportedException("No message leaves this process.");

    public override object FromBinary(byte[] bytes, Type type) => throw new NotSupportedException("No message comes from another process.");
}
