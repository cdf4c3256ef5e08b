using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace OpenShare.Registration.Storage.Migrations
{
    /// <inheritdoc />
    public partial class PairedDevices : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "endorsements",
                columns: table => new
                {
                    hash = table.Column<byte[]>(type: "BLOB", nullable: false),
                    sponsor_no = table.Column<long>(type: "INTEGER", nullable: false),
                    device_no = table.Column<long>(type: "INTEGER", nullable: true),
                    used_at = table.Column<long>(type: "INTEGER", nullable: true),
                    withdrawn_at = table.Column<long>(type: "INTEGER", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_endorsements", x => new { x.hash, x.sponsor_no });
                    table.ForeignKey(
                        name: "FK_endorsements_devices_device_no",
                        column: x => x.device_no,
                        principalTable: "devices",
                        principalColumn: "device_no",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "FK_endorsements_devices_sponsor_no",
                        column: x => x.sponsor_no,
                        principalTable: "devices",
                        principalColumn: "device_no",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateTable(
                name: "revoked_ids",
                columns: table => new
                {
                    device_id = table.Column<string>(type: "TEXT", nullable: false),
                    revoked_at = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_revoked_ids", x => x.device_id);
                });

            migrationBuilder.CreateIndex(
                name: "IX_endorsements_device_no",
                table: "endorsements",
                column: "device_no");

            migrationBuilder.CreateIndex(
                name: "IX_endorsements_sponsor_no",
                table: "endorsements",
                column: "sponsor_no");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "endorsements");

            migrationBuilder.DropTable(
                name: "revoked_ids");
        }
    }
}
