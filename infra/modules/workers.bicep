@description('What names are made of.')
param name string

param location string

@description('How many machines. Each is registered and enrolled by hand, so that each is somebody\'s.')
@minValue(1)
param machineCount int

@description('The size of a machine, such as Standard_NC40ads_H100_v5.')
param machineSize string

@description('Public part of the key with which an administrator would log on; no port is open for it.')
param sshPublicKey string

@description('Whose name that is.')
param adminName string = 'operator'

@description('The marketplace\'s address.')
param apiUrl string

@description('The account that has the worker in its container "artifacts", its blob\'s name and its SHA-256 in hex.')
param artifactsAccountName string
param workerBlob string
@minLength(64)
@maxLength(64)
param workerSha256 string

@description('The machines\' own identity: it may fetch the worker and nothing else.')
resource identity 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: '${name}-workers'
  location: location
}

resource account 'Microsoft.Storage/storageAccounts@2025-01-01' existing = {
  name: artifactsAccountName

  resource blobs 'blobServices' existing = {
    name: 'default'

    resource artifacts 'containers' existing = {
      name: 'artifacts'
    }
  }
}

var storageBlobDataReader = subscriptionResourceId(
  'Microsoft.Authorization/roleDefinitions',
  '2a2b9908-6ea1-4ae2-8e65-a410df84e7d1'
)

resource mayFetch 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(account::blobs::artifacts.id, identity.id, storageBlobDataReader)
  scope: account::blobs::artifacts
  properties: {
    principalId: identity.properties.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: storageBlobDataReader
  }
}

@description('Nothing comes in: what the default rules allow from within the network is denied too.')
resource guard 'Microsoft.Network/networkSecurityGroups@2026-01-01' = {
  name: '${name}-workers-nsg'
  location: location
  properties: {
    securityRules: [
      {
        name: 'nothing-comes-in'
        properties: {
          priority: 4096
          direction: 'Inbound'
          access: 'Deny'
          protocol: '*'
          sourceAddressPrefix: '*'
          sourcePortRange: '*'
          destinationAddressPrefix: '*'
          destinationPortRange: '*'
        }
      }
    ]
  }
}

resource address 'Microsoft.Network/publicIPAddresses@2026-01-01' = {
  name: '${name}-workers-ip'
  location: location
  sku: {
    name: 'Standard'
  }
  properties: {
    publicIPAllocationMethod: 'Static'
  }
}

@description('The way out, to the marketplace and to storage: machines have none by default.')
resource gateway 'Microsoft.Network/natGateways@2026-01-01' = {
  name: '${name}-workers-nat'
  location: location
  sku: {
    name: 'Standard'
  }
  properties: {
    publicIpAddresses: [
      {
        id: address.id
      }
    ]
  }
}

resource network 'Microsoft.Network/virtualNetworks@2026-01-01' = {
  name: '${name}-workers-net'
  location: location
  properties: {
    addressSpace: {
      addressPrefixes: [
        '10.20.0.0/16'
      ]
    }
    subnets: [
      {
        name: 'machines'
        properties: {
          addressPrefix: '10.20.0.0/20'
          defaultOutboundAccess: false
          natGateway: {
            id: gateway.id
          }
          networkSecurityGroup: {
            id: guard.id
          }
        }
      }
    ]
  }
}

var filled = reduce(
  [
    { word: '<<apiUrl>>', value: apiUrl }
    { word: '<<workerUrl>>', value: '${account.properties.primaryEndpoints.blob}artifacts/${workerBlob}' }
    { word: '<<workerSha256>>', value: workerSha256 }
    { word: '<<identityClientId>>', value: identity.properties.clientId }
  ],
  loadTextContent('../workers/cloud-init.yaml'),
  (text, item) => replace(text, item.word, item.value)
)

resource machines 'Microsoft.Compute/virtualMachineScaleSets@2026-03-01' = {
  name: '${name}-workers'
  location: location
  sku: {
    name: machineSize
    tier: 'Standard'
    capacity: machineCount
  }
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: {
      '${identity.id}': {}
    }
  }
  properties: {
    orchestrationMode: 'Uniform'
    // A machine that is replaced loses its key, and with it its place in the market: never without somebody deciding it.
    upgradePolicy: {
      mode: 'Manual'
    }
    overprovision: false
    virtualMachineProfile: {
      osProfile: {
        computerNamePrefix: 'worker'
        adminUsername: adminName
        customData: base64(filled)
        linuxConfiguration: {
          disablePasswordAuthentication: true
          ssh: {
            publicKeys: [
              {
                path: '/home/${adminName}/.ssh/authorized_keys'
                keyData: sshPublicKey
              }
            ]
          }
        }
      }
      storageProfile: {
        // Ubuntu with NVIDIA's drivers in it.
        imageReference: {
          publisher: 'microsoft-dsvm'
          offer: 'ubuntu-hpc'
          sku: '2204'
          version: 'latest'
        }
        osDisk: {
          createOption: 'FromImage'
          managedDisk: {
            storageAccountType: 'StandardSSD_LRS'
          }
        }
      }
      networkProfile: {
        networkInterfaceConfigurations: [
          {
            name: 'machine'
            properties: {
              primary: true
              ipConfigurations: [
                {
                  name: 'machine'
                  properties: {
                    subnet: {
                      id: network.properties.subnets[0].id
                    }
                  }
                }
              ]
            }
          }
        ]
      }
    }
  }
  dependsOn: [
    mayFetch
  ]
}

output scaleSetName string = machines.name
